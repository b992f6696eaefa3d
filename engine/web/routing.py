"""Routes that learn to build addresses with the first one. No part of the engine asks for any at a start."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class Route(Rule):
    """A rule of werkzeug, which compiles two functions for each at once: most of building the application."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        """Return what builds an address of a rule and values, and is compiled with the first one."""
        compiled: Builder | None = None
        compile_builder = super()._compile_builder

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            nonlocal compiled
            if compiled is None:
                compiled = compile_builder(append_unknown)
            return compiled(rule, **values)

        return build
