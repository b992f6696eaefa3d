"""The pair that a text of a command means. The markets of other coins than the pinned ones are asked for."""

import time

from msgspec.structs import replace

from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.names import Resolved, resolve
from engine.catalogue.pairs import pair_of
from engine.commands.history._workplace import Workplace
from engine.jobs.cataloguing import Cataloguing
from engine.jobs.filling import has_market
from engine.jobs.kept_bindings import KeptBindings
from engine.store import Store
from engine.store.memory import MemoryCache
from engine.telemetry.events import discard
from providers import INTERVALS, Pair
from schemas._pairs import pinned_pair


class WrongPair(ValueError):
    """A text that means no pair with a history."""


def named_pair(workplace: Workplace, text: str, *, traded: bool) -> Pair:
    """Return the pair that `text` means; with `traded` some provider must have its market.

    What the server has proved of the catalogue is read in the database. Raises `WrongPair`.
    """
    if pinned := pinned_pair(text):
        return pinned.pair
    known = workplace.catalogue
    _restore(workplace, known)
    found = _resolved(text, known)
    if found is None or (traded and not _is_traded(workplace, found)):
        _learn(workplace, known)
        found = _resolved(text, known)
    if found is None:
        raise WrongPair(f"{text}: unknown coin or pair, or not one alone")
    if traded and not _is_traded(workplace, found):
        raise WrongPair(f"{text}: no market of this pair is known")
    return found


def _resolved(text: str, known: CurrentCatalogue) -> Pair | None:
    found = resolve(text, known.catalogue, time.time())
    if not isinstance(found, Resolved) or found.venue is not None:
        return None
    return pair_of(found.base, found.quote, known.catalogue)


def _is_traded(workplace: Workplace, pair: Pair) -> bool:
    market = workplace.market
    return has_market(market.candles.upstreams, market.markets.find, pair, INTERVALS["1h"])


def _restore(workplace: Workplace, known: CurrentCatalogue) -> None:
    kept = KeptBindings(workplace.archive).load()
    if kept is not None:
        known.replace(replace(known.state, identities=kept), _at_once)


def _learn(workplace: Workplace, known: CurrentCatalogue) -> None:
    """Ask every provider once what it lists and what that costs."""
    store, upstreams = Store(MemoryCache()), workplace.market.upstreams
    job = Cataloguing(known, upstreams, store, workplace.settings, time.time, time.time, discard)
    while job.tick():
        pass


def _at_once() -> None:
    """Take no rest: a command has no one else to serve."""
