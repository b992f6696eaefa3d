"""Routes that the applications of this process share, since most tests of the web create an application."""

from typing import Any

from flask import Flask
from werkzeug.routing import Map, Rule, RuleFactory

OF_VIEWS = ("methods", "required_methods", "provide_automatic_options")
"""What a view may say of its rules."""
ADD_RULE = Flask.add_url_rule
"""What Flask does itself."""


def share() -> None:
    """Share the rules of applications and the maps of them, which take half of the time of `create_app`."""
    rules: dict[tuple[object, ...], Rule] = {}

    def add(
        app: Flask, rule: str, endpoint: str | None = None, view_func: Any = None, *given: Any, **options: Any
    ) -> None:
        assert isinstance(app.url_map, SharedMap)
        view = [getattr(view_func, name, None) for name in OF_VIEWS]
        settings = app.url_rule_class, app.url_map.strict_slashes, app.url_map.host_matching
        name = str(endpoint or getattr(view_func, "__name__", ""))
        key = (rule, name, *settings, f"{view} {given} {options}")
        known: Any = app.view_functions.get(name, view_func)
        if key in rules and known is view_func is not None:
            app._check_setup_finished("add_url_rule")
            app.view_functions[name] = known
            app.url_map.add(rules[key])
        else:
            ADD_RULE(app, rule, endpoint, view_func, *given, **options)
            rules[key] = app.url_map.added[-1]

    Flask.url_map_class = SharedMap
    Flask.add_url_rule = add  # type: ignore[method-assign, assignment]


class SharedMap(Map):
    """A map that is computed for its first use, once for all maps of the same rules."""

    computed: dict[tuple[int, ...], Map] = {}
    """Each map by the ids of its rules, which it keeps."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.added: list[Rule] = []
        super().__init__(*arguments, **options)

    def add(self, rulefactory: RuleFactory) -> None:
        """Add rules, bound to the first map that they belong to."""
        for rule in rulefactory.get_rules(self):
            if rule.map is None:
                rule.bind(self)
            self.added.append(rule)
        self._remap = True

    def update(self) -> None:
        """Compute this map, unless another one has the same rules."""
        if self._remap:
            key = tuple(map(id, self.added))
            if key not in self.computed:
                self.computed[key] = _map(self.added)
            self._matcher = self.computed[key]._matcher
            self._rules_by_endpoint = self.computed[key]._rules_by_endpoint
            self._remap = False


def _map(rules: list[Rule]) -> Map:
    computed = Map()
    for rule in rules:
        if not rule.build_only:
            computed._matcher.add(rule)
        computed._rules_by_endpoint.setdefault(rule.endpoint, []).append(rule)
    computed.update()
    return computed
