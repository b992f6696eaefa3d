"""Find the provider's market of a pair: in its own list of markets, if that is known."""

from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial

from msgspec.structs import replace

from engine.catalogue.coins import Rename
from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.folding import fold
from engine.catalogue.identity import key_of
from engine.catalogue.pairs import pair_of_ids, quote_id
from engine.catalogue.rows import TradedMarket
from engine.errors import InvalidRequest
from engine.market.candles.request import CandleRequest
from engine.market.candles.series import Series
from engine.market.candles.usual_market import VenueMarket, names_of, usual
from engine.upstream import Upstream
from providers import CandleSource, Market, Pair


class Markets:
    """Finds markets in the current catalogue. Requests use the name in the venue's list.

    `now` returns Unix seconds.
    """

    def __init__(self, known: CurrentCatalogue, now: Callable[[], float]) -> None:
        self._known = known
        self._now = now

    def find(self, source: CandleSource, request: CandleRequest) -> VenueMarket | None:
        """Return the provider's market of a pair, in its quote. USD and USDT stand in for each other.

        Codes that are not proved count only for a request that names the venue.
        """
        catalogue, venue, pair = self._known.catalogue, source.name, request.pair
        if venue not in catalogue.listed_venues:
            return usual(source, request) if self._may_have(venue, pair.base.id) else None
        if request.venue not in (None, venue):
            return None
        for quote in _quotes(source, pair):
            id_ = quote_id(quote, catalogue)
            traded = catalogue.market(venue, pair.base.id, id_) if id_ else None
            if traded is not None and (traded.served or (request.venue == venue and traded.trading)):
                return self._traded(traded, source, request)
            if id_ and (former := self._former(source, request, id_)):
                return VenueMarket(replace(pair, quote=quote), former)
        return None

    def kept_pair(self, coin: str, quote: str) -> Pair | None:
        """Return the pair of a kept series by its coin's id, `None` while the coin is unknown."""
        return pair_of_ids(coin, quote, self._known.catalogue)

    def exact(self, source: CandleSource, pair: Pair) -> Market | None:
        """Return the provider's market of a pair in exactly its quote; codes must be proved."""
        catalogue, venue = self._known.catalogue, source.name
        if venue not in catalogue.listed_venues:
            usual_one = source.market(pair) if self._may_have(venue, pair.base.id) else None
            return usual_one if usual_one is not None and usual_one.quote == pair.quote else None
        id_ = quote_id(pair.quote, catalogue)
        traded = catalogue.market(venue, pair.base.id, id_) if id_ else None
        return traded.listed if traded is not None and traded.served else None

    @property
    def undone(self) -> float:
        """The time (Unix seconds) at which a code last turned out to be another coin's."""
        return self._known.state.undone

    def require(self, upstreams: Iterable[Upstream[CandleSource]], request: CandleRequest) -> None:
        """Raise `InvalidRequest` if no provider has a market of the pair. Pinned pairs always have one."""
        if request.pair.pinned or any(self.find(upstream.provider, request) for upstream in upstreams):
            return
        raise no_market(request, self._others(request))

    def means(self, series: Series) -> bool:
        """Return whether the market of a series is still that of its pair: codes can change their coin."""
        pair, venue, listed = series.market, series.provider, series.listed
        if listed is None:
            return True
        catalogue = self._known.catalogue
        codes = catalogue.venue_codes.get(venue, {})
        if codes.get(fold(listed.base), pair.base.id) != pair.base.id:
            return False
        id_ = quote_id(pair.quote, catalogue)
        traded = catalogue.market(venue, pair.base.id, id_) if id_ else None
        if traded is None:
            return venue in catalogue.listed_venues or self._may_have(venue, pair.base.id)
        return traded.state != "refused"

    def _others(self, request: CandleRequest) -> list[str]:
        """Return up to five other pairs of a coin: those of the venue or of most venues first."""
        catalogue, coin = self._known.catalogue, request.pair.base
        name = coin.code if catalogue.names.coins.get(coin.code) == coin.id else f"@{coin.id}"
        traded = [one for one in catalogue.of_coin(coin.id) if one.served]
        if request.venue is None:
            quotes = Counter(it.quote.code for it in traded).most_common(5)
            return [f"{name}/{quote}" for quote, _ in quotes]
        traded.sort(key=lambda it: it.venue != request.venue)
        return [f"{name}/{it.quote.code}:{it.venue}" for it in traded[:5]]

    def _may_have(self, venue: str, coin: str) -> bool:
        """Return whether a venue without a list may have a coin, as far as its codes are known."""
        codes = self._known.catalogue.venue_codes.get(venue, {})
        bindings = self._known.state.identities.bindings
        bound = (bindings.get(key_of(venue, code)) for code, id_ in codes.items() if id_ == coin)
        return not codes or any(one is not None and one.state != "refused" for one in bound)

    def _traded(self, traded: TradedMarket, source: CandleSource, request: CandleRequest) -> VenueMarket:
        """Return a market as listed at the time of a request: under the old code before a rename."""
        listed, facts, id_ = traded.listed, self._known.facts, traded.base.id
        pair = replace(request.pair, quote=traded.listed.quote)
        time = _time(request)
        if id_ not in facts.coins or listed.native != _regular(source, listed):
            return VenueMarket(pair, listed, self._taken_over(listed, id_))
        at = partial(self._at, traded, source)
        names = names_of(request, facts.renamed_at(source.name, id_), at, int(self._now() * 1000))
        listed = listed if time is None else at(int(time * 1000))
        if not names:
            return VenueMarket(pair, listed, self._taken_over(listed, id_))
        listed = replace(listed, since=None)  # the market is as old as its first name
        return VenueMarket(pair, listed, self._taken_over(names[0][1], id_), names)

    def _at(self, traded: TradedMarket, source: CandleSource, time: int) -> Market:
        """Return the listing of a market at a time (Unix milliseconds)."""
        listed, facts, id_ = traded.listed, self._known.facts, traded.base.id
        code, present = (facts.code_at(source.name, id_, at) for at in (time / 1000, self._now()))
        if code == present or self._is_other(source.name, code, id_):
            return listed
        return replace(listed, base=code, native=source.native(code, listed.quote), since=None)

    def _taken_over(self, listed: Market, coin: str) -> int | None:
        """Return the time (Unix milliseconds) at which a coin took over its code from another one."""
        code, venues = fold(listed.base), ("", listed.venue)
        others = [it for it in self._known.facts.renames if it.old == code and it.coin != coin]
        times = [it.since for it in others if it.since is not None and it.venue in venues and it.coin]
        return int(max(times) * 1000) if times else None

    def _former(self, source: CandleSource, request: CandleRequest, quote: str) -> Market | None:
        """Return the ended market of a coin that was exchanged, derived from the market of the new coin."""
        rename = self._exchange(source.name, request.pair.base.id)
        time = _time(request)
        if rename is None or rename.since is None or time is None or time >= rename.since:
            return None
        traded = self._known.catalogue.market(source.name, rename.successor, quote)
        if traded is None or not traded.served or self._is_other(source.name, rename.old, rename.coin):
            return None
        native = source.native(rename.old, traded.listed.quote)
        return replace(traded.listed, base=rename.old, native=native, since=None)

    def _exchange(self, venue: str, coin: str) -> Rename | None:
        """Return the exchange of a coin for another unit, at the venue's own date if that is known."""
        found = [one for one in self._known.facts.renames if one.coin == coin and one.ratio is not None]
        found = [one for one in found if not one.one_to_one and one.venue in ("", venue)]
        return max(found, key=lambda one: one.venue, default=None)

    def _is_other(self, venue: str, code: str, coin: str) -> bool:
        """Return whether a venue uses a code for another coin today."""
        return self._known.catalogue.venue_codes.get(venue, {}).get(code, coin) != coin


def _quotes(source: CandleSource, pair: Pair) -> tuple[str, ...]:
    if not pair.plain:
        return (pair.quote,)
    if source.prefers_dollars or pair.quote == "USD":
        return ("USD", "USDT")
    return ("USDT", "USD")


def _time(request: CandleRequest) -> float | None:
    """Return the start (Unix seconds) of a past window, or else its end; `None` for the newest candles."""
    window = request.window
    time = window.end if window.start is None else window.start
    return None if time is None else time / 1000


def _regular(source: CandleSource, listed: Market) -> str:
    """Return the name of a market by its codes. KuCoin's names keep old codes, and are valid at all times."""
    return source.native(listed.base, listed.quote)


def no_market(request: CandleRequest, others: list[str]) -> InvalidRequest:
    """Return the error for a pair of known coins without a market at any provider."""
    at = "" if request.venue is None else f" at {request.venue}"
    return InvalidRequest(
        "The request is not valid",
        {
            "symbol": [f"{request.symbol}: no market of this pair is known{at}"],
            request.symbol: {"didYouMean": others},
        },
        code="INVALID_SYMBOL",
    )
