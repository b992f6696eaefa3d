"""Build what is stored after rules were evaluated. Pure."""

from collections.abc import Iterable, Sequence

from engine.alerts import payloads
from engine.alerts.evaluation.firing import Firing
from engine.alerts.evaluation.running import Running
from engine.alerts.keeping.records import MemoryChange, OutboxEntry

ONCE = "it has fired, and does not repeat"
EXPIRED = "expired"


def change_of(run: Running, firings: Sequence[Firing], now: float) -> MemoryChange:
    """Return the change of a rule's memory with its outbox entries. `now` is in Unix seconds."""
    entries: list[OutboxEntry] = []
    for firing in firings:
        entries += payloads.outbox_entries(payloads.of_firing(firing), run.id, run.rule.notify, firing.at)
    once = not run.rule.repeat and any(firing.reason is None for firing in firings)
    expired = run.rule.expires is not None and run.rule.expires <= now
    ended = EXPIRED if expired else ONCE if once else None
    return MemoryChange(run.id, run.revision, run.sequence, run.memory(), tuple(entries), ended)


def by_rule(firings: Iterable[Firing]) -> dict[str, list[Firing]]:
    """Return the firings of each rule, in their order."""
    found: dict[str, list[Firing]] = {}
    for firing in firings:
        found.setdefault(firing.rule, []).append(firing)
    return found
