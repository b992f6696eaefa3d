"""Prepare stored rules for evaluation, by the current catalogue."""

from collections.abc import Callable, Iterable
from itertools import chain

from msgspec.structs import replace

from engine.alerts.evaluation.inputs import Loaded
from engine.alerts.keeping.records import KeptRule, MemoryChange
from engine.alerts.rules.references import references
from engine.alerts.rules.rule import Rule, WrongRule, read_rule
from engine.catalogue.catalogue import Catalogue
from engine.streaming.channels import Channel


class Loading:
    """Reads rules, and collects the prices that confirm each series. `clock` returns Unix seconds."""

    def __init__(self, catalogue: Callable[[], Catalogue], clock: Callable[[], float]) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self.references: dict[str, tuple[str, ...]] = {}

    def load(self, kept: KeptRule) -> Loaded | MemoryChange:
        """Return a rule to evaluate, or the change that shows its owner why it is no longer valid."""
        try:
            rule = read_rule(kept.given, self._catalogue(), self._clock())
        except WrongRule as wrong:
            place, messages = next(iter(wrong.details.items()))
            return _unreadable(kept, f"{place}: {messages[0]}")
        return Loaded(
            id=kept.id,
            rule=rule,
            memory=kept.memory,
            revision=kept.revision,
            sequence=kept.sequence,
            confirming=tuple(chain.from_iterable(self._confirming(rule))),
        )

    def _confirming(self, rule: Rule) -> Iterable[tuple[Channel, ...]]:
        for operand in rule.operands:
            found = references(operand.channel, self._catalogue(), self._clock())
            if operand.has_interval:
                self.references[operand.channel.name] = tuple(channel.name for channel in found)
            yield found


def _unreadable(kept: KeptRule, reason: str) -> MemoryChange:
    memory = replace(kept.memory, unknown=True, reason=reason)
    return MemoryChange(kept.id, kept.revision, kept.sequence, memory)
