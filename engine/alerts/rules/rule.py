"""Parse a rule from a request, and check each member. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any

from engine.alerts.notify import Notify, WrongNotify, parse_notify
from engine.alerts.rules.conditions import Condition, ConditionReader, Problems, operands
from engine.alerts.rules.operands import Operand
from engine.catalogue.catalogue import Catalogue
from engine.timestamps import iso
from providers import Interval

DEFAULTS: Mapping[str, object] = {
    "on": "tick",
    "hysteresis": 0,
    "cooldownSeconds": 0,
    "repeat": True,
    "expiresAt": None,
    "minSources": 3,
    "unknownAfterSeconds": None,
}
"""The values of omitted members. `name`, `when` and `notify` are required."""
MEMBERS = ("name", "when", *DEFAULTS, "notify")
LONGEST_NAME = 100
MOST_TARGETS = 5
MOST_SOURCES = 10
MOST_HYSTERESIS = 100
LONGEST_WAIT = 366 * 86_400
"""The most seconds of `cooldownSeconds` and `unknownAfterSeconds`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. Times are Unix seconds. `given` has its members as JSON values, with the defaults."""

    name: str
    when: Condition
    on_close: bool
    hysteresis: float
    cooldown: float
    repeat: bool
    expires: float | None
    least_sources: int
    unknown_after: float | None
    notify: tuple[Notify, ...]
    given: Mapping[str, Any] = field(compare=False)

    @property
    def operands(self) -> tuple[Operand, ...]:
        """The operands of the condition, each once."""
        return tuple(operands(self.when))

    @property
    def interval(self) -> Interval | None:
        """The shortest interval of the operands. With `on: close`, its closes evaluate the rule."""
        found = [it.channel.interval for it in self.operands if it.channel.interval is not None]
        return min(found, key=lambda interval: interval.length, default=None)


class WrongRule(ValueError):
    """A rule has mistakes. `details` has them by the path of their place."""

    def __init__(self, details: Mapping[str, list[str]]) -> None:
        super().__init__(f"the rule is not valid: {dict(details)}")
        self.details = details


def read_rule(given: Mapping[str, Any], catalogue: Catalogue, now: float) -> Rule:
    """Return the rule of a JSON object, by the catalogue of the time `now` (Unix seconds).

    Raises `WrongRule`. A past `expiresAt` is valid: the rule has expired.
    """
    problems = Problems()
    for name in given:
        if name not in MEMBERS:
            problems.add(name[:40], "unknown")
    values = {**DEFAULTS, **given}
    read = _Reader(values, problems)
    when = ConditionReader(catalogue, now, problems).read(values.get("when"), "when")
    rule_facts = {
        "name": read.name(),
        "on_close": read.one_of("on", "tick", "close") == "close",
        "hysteresis": read.number("hysteresis", 0, MOST_HYSTERESIS),
        "cooldown": read.number("cooldownSeconds", 0, LONGEST_WAIT),
        "repeat": read.flag("repeat"),
        "expires": read.optional("expiresAt", read.time),
        "least_sources": int(read.number("minSources", 1, MOST_SOURCES, integer=True)),
        "unknown_after": read.optional(
            "unknownAfterSeconds", lambda name: read.number(name, 1, LONGEST_WAIT)
        ),
        "notify": read.targets(),
    }
    if when is not None and rule_facts["on_close"] and not any(it.has_interval for it in operands(when)):
        problems.add("on", "close needs an operand with an interval, such as close:BTCUSDT:1h")
    if problems.found or when is None:
        raise WrongRule(problems.found)
    expires = rule_facts["expires"]
    times = {"expiresAt": iso(expires) if isinstance(expires, float) else None}
    ordered = {name: values[name] for name in MEMBERS} | times
    return Rule(when=when, given=ordered, **rule_facts)  # type: ignore[arg-type]


class _Reader:
    """Reads members of `values`. Adds mistakes to `problems`, and returns a valid value in their place."""

    def __init__(self, values: Mapping[str, Any], problems: Problems) -> None:
        self._values = values
        self._problems = problems

    def name(self) -> str:
        value = self._values.get("name")
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_NAME:
            self._problems.add("name", f"must be a text of 1 to {LONGEST_NAME} characters")
            return ""
        if not value.isprintable():
            self._problems.add("name", "must have only printable characters")
        return value

    def one_of(self, name: str, *words: str) -> str:
        value = self._values[name]
        if value in words:
            return str(value)
        self._problems.add(name, f"must be {' or '.join(words)}")
        return words[0]

    def flag(self, name: str) -> bool:
        value = self._values[name]
        if not isinstance(value, bool):
            self._problems.add(name, "must be true or false")
        return bool(value)

    def number(self, name: str, least: int, most: int, *, integer: bool = False) -> float:
        value = self._values[name]
        wanted = int if integer else (int, float)
        if isinstance(value, wanted) and not isinstance(value, bool) and least <= value <= most:
            return float(value)
        kind = "an integer" if integer else "a number"
        self._problems.add(name, f"must be {kind} from {least} to {most}")
        return float(least)

    def optional(self, name: str, read: Callable[[str], float]) -> float | None:
        return None if self._values[name] is None else read(name)

    def time(self, name: str) -> float:
        value = self._values[name]
        try:
            found = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is not None and found.tzinfo is not None and isfinite(seconds := found.timestamp()):
            return seconds
        self._problems.add(
            name, "must be null or an ISO 8601 time with an offset, such as 2027-01-01T00:00:00Z"
        )
        return 0.0

    def targets(self) -> tuple[Notify, ...]:
        value = self._values.get("notify")
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_TARGETS:
            self._problems.add("notify", f"must be a list of 1 to {MOST_TARGETS} targets")
            return ()
        found = []
        for number, entry in enumerate(value):
            try:
                found.append(parse_notify(entry, f"notify.{number}"))
            except WrongNotify as wrong:
                self._problems.add(wrong.place, wrong.message)
        return tuple(found)
