"""Libraries without what they import or prepare, and the engine does not need."""

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any


@contextmanager
def as_if_missing(*libraries: str) -> Iterator[None]:
    """Make imports of libraries fail as if they were not installed, unless they are imported already."""
    with _in_place_of(dict.fromkeys(libraries)):
        yield


@contextmanager
def on_first_use(*modules: str) -> Iterator[None]:
    """Give those that import these modules stand-ins, which import them with the first use of a name."""
    with _in_place_of({name: _StandIn(name) for name in modules}):
        yield


@contextmanager
def _in_place_of(modules: Mapping[str, ModuleType | None]) -> Iterator[None]:
    """Keep others in place of modules that are not imported yet. Python marks what is missing by `None`."""
    put = {name: other for name, other in modules.items() if name not in sys.modules}
    sys.modules.update(put)  # type: ignore[arg-type] # typeshed knows no `None` there
    try:
        yield
    finally:
        for name in put:
            sys.modules.pop(name, None)


class _StandIn(ModuleType):
    """A module that is imported on first use."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # a look at its version is no use
        return getattr(import_module(self.__name__), name)


@contextmanager
def patterns_on_first_use(*libraries: str) -> Iterator[None]:
    """Let libraries that are imported meanwhile compile their regular expressions on first use.

    Other modules, which they import, may pass theirs to functions of `re`, which take no stand-ins.
    """
    compile_now = re.compile

    def compile_later(pattern: str, flags: int = 0) -> "re.Pattern[str] | _Pattern":
        module: str = sys._getframe(1).f_globals["__name__"]
        later = module.partition(".")[0] in libraries
        return _Pattern(pattern, flags) if later else compile_now(pattern, flags)

    re.compile = compile_later  # type: ignore[assignment]
    try:
        yield
    finally:
        re.compile = compile_now


class _Pattern:
    """A regular expression that is compiled on first use."""

    _compile = staticmethod(re.compile)

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._arguments = pattern, flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return self._compile(*self._arguments)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # an abstract class asks each of its attributes whether it is one
        found = getattr(self._compiled, name)
        setattr(self, name, found)  # Python does not come here for it again
        return found
