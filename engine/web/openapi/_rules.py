"""What the rule of a route says of its operation: path, id, title and place."""

import inspect
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from engine.web.openapi import _tags


def path(rule: Rule) -> str:
    """Return the path of `rule`, in OpenAPI's notation."""
    return str(rule.rule).replace("<path:", "{").replace("<", "{").replace(">", "}")


def operation_id(rule: Rule) -> str:
    """Return the id of the operation at `rule`."""
    second = "_v2" if "/v2/" in rule.rule else ""
    of = "_of" if path_names(rule) else ""
    return str(rule.endpoint).replace(".", "_") + of + second + ("_csv" if is_table(rule) else "")


def method(rule: Rule) -> str:
    """Return the method of the operation at `rule`: each has one."""
    return min((rule.methods or set()) - {"HEAD", "OPTIONS"}, default="GET")


def path_names(rule: Rule) -> set[str]:
    """Return the names of the parameters in the path of `rule`."""
    return rule.arguments - set(rule.defaults or ())


def is_table(rule: Rule) -> bool:
    """Return whether the path of `rule` says that its answer is CSV."""
    return rule.rule.endswith(".csv")


def blueprint(rule: Rule) -> str:
    """Return the name of the blueprint of `rule`."""
    return str(rule.endpoint).partition(".")[0]


def position(rule: Rule) -> tuple[int, str, bool]:
    """Return where the operation at `rule` stands among all: by tag and path, JSON before CSV."""
    return _tags.place(blueprint(rule)), path(rule).removesuffix(".csv"), is_table(rule)


def summary_and_description(view: Any) -> tuple[str, str]:
    """Return the summary of a view, without a full stop since it is a title, and its description."""
    summary, _, description = inspect.cleandoc(view.__doc__ or "").partition("\n")
    return summary.removesuffix("."), description.strip()


def title(shared: str, rule: Rule, app: Flask) -> str:
    """Return a view's summary as no other path of the view has it."""
    if is_table(rule):
        return f"{shared}, as CSV"
    others = [one for one in app.url_map.iter_rules(rule.endpoint) if not path_names(one)]
    return f"{shared}, by path" if path_names(rule) and others else shared


def documented(app: Flask) -> Iterator[tuple[Rule, Any]]:
    """Yield each rule whose view is an `@endpoint`, with the view."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if hasattr(view, "query"):
            yield rule, view


def paths(app: Flask) -> list[str]:
    """Return the paths of all endpoints."""
    return sorted({path(rule) for rule, _ in documented(app)})
