"""One rule over its life: when it fires, and what is remembered of it."""

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from engine.alerts.evaluation.compiled import compile_condition
from engine.alerts.evaluation.figures import NOTHING_YET, Cell
from engine.alerts.rules.conditions import Side
from engine.alerts.rules.operands import Operand
from engine.alerts.rules.rule import Rule

State = Literal["armed", "fired", "unknown"]


class Memory(msgspec.Struct, frozen=True):
    """What is kept of a rule over a restart. Times are Unix seconds.

    `turned` is whether its condition has turned true and not back since. `sides` are those of its crossings,
    `values` the last good ones by operand.
    """

    turned: bool = False
    unknown: bool = True
    reason: str = NOTHING_YET
    fired: float | None = None
    sides: list[bool | None] = []
    unknown_since: float | None = None
    told: bool = False
    values: dict[str, float] = {}

    @property
    def state(self) -> State:
        """The state as its owner sees it."""
        return "unknown" if self.unknown else "fired" if self.turned else "armed"


NEW = Memory()
"""What is known of a new rule."""


class Running:
    """A rule that is evaluated. `changed` is set where `memory()` differs from what is kept."""

    __slots__ = (
        "_clocks",
        "_closed",
        "_condition",
        "_crossings",
        "_fired",
        "_reason",
        "_turned",
        "_unknown",
        "cells",
        "changed",
        "id",
        "revision",
        "rule",
        "sequence",
        "told",
        "unknown_since",
    )

    def __init__(
        self,
        id_: str,
        rule: Rule,
        memory: Memory,
        cell_of: Callable[[Side], Cell],
        *,
        revision: int = 1,
        sequence: int = 0,
    ) -> None:
        self.id, self.rule = id_, rule
        self.revision, self.sequence = revision, sequence
        self.cells: Mapping[Operand, Cell] = {operand: cell_of(operand) for operand in rule.operands}
        self._condition, self._crossings = compile_condition(rule.when, cell_of, rule.hysteresis / 100)
        interval = rule.interval
        self._clocks = [cell for it, cell in self.cells.items() if it.channel.interval == interval]
        self._closed = 0
        self._turned, self._unknown = memory.turned, memory.unknown
        self._reason, self._fired = memory.reason, memory.fired
        self.unknown_since, self.told = memory.unknown_since, memory.told
        for crossing, side in zip(self._crossings, memory.sides, strict=False):
            crossing.before = side
        self.changed = False

    def closed(self, now: float) -> bool:
        """Evaluate once all series have the newest closed candle. Return whether it fires."""
        times = [cell.time for cell in self._clocks]
        newest = max(times)
        if newest == self._closed or min(times) != newest:
            return False
        self._closed = newest
        return self.evaluate(now)

    def evaluate(self, now: float) -> bool:
        """Evaluate at `now` (Unix seconds). Return whether it fires."""
        if self._turned and self._condition.held(False) is False:
            self._turned, self.changed = False, True
        verdict = self._condition.now()
        if verdict is None:
            self._doubt(now)
            return False
        if self._unknown:
            self._unknown, self._reason, self.changed = False, "", True
            self.unknown_since, self.told = None, False
        for crossing in self._crossings:
            self.changed |= crossing.advance()
        if not verdict or self._turned:
            return False
        self._turned = self.changed = True
        if self._fired is not None and now - self._fired < self.rule.cooldown:
            return False
        self._fired = now
        return True

    def look(self, now: float) -> None:
        """Note where it can no longer be judged, without firing: no candle has closed."""
        if self._condition.now() is None:
            self._doubt(now)

    def _doubt(self, now: float) -> None:
        reason = next(
            (f"{operand.text}: {cell.reason}" for operand, cell in self.cells.items() if cell.value is None),
            "",
        )
        if not self._unknown or reason != self._reason:
            self.changed = True
            self._unknown, self._reason = True, reason
        if self.unknown_since is None:
            self.unknown_since, self.changed = now, True

    def is_unknown_for_long(self, now: float) -> bool:
        """Return whether its owner is to be told now that it cannot be judged."""
        since, after = self.unknown_since, self.rule.unknown_after
        if after is None or since is None or self.told or now - since < after:
            return False
        self.told = self.changed = True
        return True

    def values(self) -> dict[str, float]:
        """Return the values that are known, by operand."""
        return {it.text: cell.value for it, cell in self.cells.items() if cell.value is not None}

    def memory(self) -> Memory:
        """Return what is to be kept."""
        return Memory(
            turned=self._turned,
            unknown=self._unknown,
            reason=self._reason,
            fired=self._fired,
            sides=[crossing.before for crossing in self._crossings],
            unknown_since=self.unknown_since,
            told=self.told,
            values=self.values(),
        )
