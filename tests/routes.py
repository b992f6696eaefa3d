"""A cache of compiled routes for the process, since most tests of the web create an application."""

from typing import Any

from werkzeug.routing import Rule

COMPILED = ("_parts", "_trace", "_converters", "arguments")
"""What werkzeug works out of the text of a rule, and only reads afterwards."""
BUILDERS = ("_build", "_build_unknown")


def compile_once() -> None:
    """Share what werkzeug works out of equal rules, which takes two thirds of the time of `create_app`.

    A builder is a plain function of the rule that it is bound to, so that equal rules can share one.
    """
    compiled: dict[Any, dict[str, Any]] = {}
    compile_rule = Rule.compile

    def shared(rule: Rule) -> None:
        key = _identity(rule)
        if key not in compiled:
            compile_rule(rule)
            builders = {name: getattr(rule, name).__func__ for name in BUILDERS}
            compiled[key] = {**{name: getattr(rule, name) for name in COMPILED}, **builders}
            return
        for name in COMPILED:
            setattr(rule, name, compiled[key][name])
        for name in BUILDERS:
            setattr(rule, name, compiled[key][name].__get__(rule, None))

    Rule.compile = shared  # type: ignore[method-assign, assignment]


def _identity(rule: Rule) -> tuple[Any, ...]:
    """Return all that a compiled rule depends on."""
    defaults = tuple(sorted((rule.defaults or {}).items()))
    converters = frozenset(rule.map.converters.items()) if rule.map else None
    return rule.rule, rule.subdomain, rule.host, defaults, rule.merge_slashes, converters
