"""One rule that is evaluated: when it fires, and the memory that outlives a restart."""

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from engine.alerts.evaluation.compiled import compile_condition
from engine.alerts.evaluation.figures import NOTHING_YET, Figure
from engine.alerts.rules.conditions import Side
from engine.alerts.rules.operands import Operand
from engine.alerts.rules.rule import Rule

State = Literal["armed", "fired", "unknown"]


class Memory(msgspec.Struct, frozen=True):
    """The stored state of a rule. Times are Unix seconds.

    `turned` says whether its condition has turned true, and not back since. `sides` are those of its
    crossings, `values` the last known ones by operand, and `notified` says whether its owner was notified
    that it is unknown.
    """

    turned: bool = False
    unknown: bool = True
    reason: str = NOTHING_YET
    fired: float | None = None
    sides: list[bool | None] = []
    unknown_since: float | None = None
    notified: bool = msgspec.field(default=False, name="told")
    values: dict[str, float] = {}

    @property
    def state(self) -> State:
        """The state as its owner sees it."""
        return "unknown" if self.unknown else "fired" if self.turned else "armed"


NEW = Memory()
"""The memory of a new rule."""


class Running:
    """A rule that is evaluated. `changed` is set while `memory()` is not stored."""

    __slots__ = (
        "_clocks",
        "_closed",
        "_condition",
        "_crossings",
        "_fired",
        "_reason",
        "_turned",
        "_unknown",
        "changed",
        "figures",
        "id",
        "notified",
        "revision",
        "rule",
        "sequence",
        "unknown_since",
    )

    def __init__(
        self,
        id_: str,
        rule: Rule,
        memory: Memory,
        figure_of: Callable[[Side], Figure],
        *,
        revision: int = 1,
        sequence: int = 0,
    ) -> None:
        self.id, self.rule = id_, rule
        self.revision, self.sequence = revision, sequence
        self.figures: Mapping[Operand, Figure] = {operand: figure_of(operand) for operand in rule.operands}
        self._condition, self._crossings = compile_condition(rule.when, figure_of, rule.hysteresis / 100)
        interval = rule.interval
        self._clocks = [figure for it, figure in self.figures.items() if it.channel.interval == interval]
        self._closed = 0
        self._turned, self._unknown = memory.turned, memory.unknown
        self._reason, self._fired = memory.reason, memory.fired
        self.unknown_since, self.notified = memory.unknown_since, memory.notified
        for crossing, side in zip(self._crossings, memory.sides, strict=False):
            crossing.before = side
        self.changed = False

    def closed(self, now: float) -> bool:
        """Evaluate once all series have the newest closed candle. Return whether the rule fires."""
        times = [figure.time for figure in self._clocks]
        newest = max(times)
        if newest == self._closed or min(times) != newest:
            return False
        self._closed = newest
        return self.evaluate(now)

    def evaluate(self, now: float) -> bool:
        """Evaluate at `now` (Unix seconds). Return whether the rule fires."""
        if self._turned and self._condition.held(False) is False:
            self._turned, self.changed = False, True
        verdict = self._condition.now()
        if verdict is None:
            self._doubt(now)
            return False
        if self._unknown:
            self._unknown, self._reason, self.changed = False, "", True
            self.unknown_since, self.notified = None, False
        for crossing in self._crossings:
            self.changed |= crossing.advance()
        if not verdict or self._turned:
            return False
        self._turned = self.changed = True
        if self._fired is not None and now - self._fired < self.rule.cooldown:
            return False
        self._fired = now
        return True

    def note_unknown(self, now: float) -> None:
        """Update the state if the condition is unknown. Never fire, since no candle has closed."""
        if self._condition.now() is None:
            self._doubt(now)

    def _doubt(self, now: float) -> None:
        reason = next(
            (
                f"{operand.text}: {figure.reason}"
                for operand, figure in self.figures.items()
                if figure.value is None
            ),
            "",
        )
        if not self._unknown or reason != self._reason:
            self.changed = True
            self._unknown, self._reason = True, reason
        if self.unknown_since is None:
            self.unknown_since, self.changed = now, True

    def is_unknown_for_long(self, now: float) -> bool:
        """Return whether the rule has been unknown for `unknownAfterSeconds`, true only once."""
        since, after = self.unknown_since, self.rule.unknown_after
        if after is None or since is None or self.notified or now - since < after:
            return False
        self.notified = self.changed = True
        return True

    def values(self) -> dict[str, float]:
        """Return the known values by operand."""
        return {it.text: figure.value for it, figure in self.figures.items() if figure.value is not None}

    def memory(self) -> Memory:
        """Return the state to store."""
        return Memory(
            turned=self._turned,
            unknown=self._unknown,
            reason=self._reason,
            fired=self._fired,
            sides=[crossing.before for crossing in self._crossings],
            unknown_since=self.unknown_since,
            notified=self.notified,
            values=self.values(),
        )
