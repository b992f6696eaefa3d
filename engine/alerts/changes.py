"""What is to be kept of rules that were evaluated. Pure."""

from collections.abc import Iterable, Sequence

from engine.alerts import payloads
from engine.alerts.evaluation.firing import Firing
from engine.alerts.evaluation.running import Running
from engine.alerts.keeping.records import Told, Turn

ONCE = "it has fired, and does not repeat"
EXPIRED = "expired"


def turn_of(run: Running, firings: Sequence[Firing], now: float) -> Turn:
    """Return the change of a rule with what it has to tell, in one. `now` is in Unix seconds."""
    told: list[Told] = []
    for firing in firings:
        told += payloads.told(payloads.of_firing(firing), run.id, run.rule.notify, firing.at)
    once = not run.rule.repeat and any(firing.reason is None for firing in firings)
    expired = run.rule.expires is not None and run.rule.expires <= now
    ended = EXPIRED if expired else ONCE if once else None
    return Turn(run.id, run.revision, run.sequence, run.memory(), tuple(told), ended)


def by_rule(firings: Iterable[Firing]) -> dict[str, list[Firing]]:
    """Return firings by their rule, in their order."""
    found: dict[str, list[Firing]] = {}
    for firing in firings:
        found.setdefault(firing.rule, []).append(firing)
    return found
