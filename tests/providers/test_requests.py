"""The requests of each provider."""

import re
import socket
import traceback
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses

from providers import (
    ASSET_BY_NAME,
    INTERVALS,
    CandleSource,
    FeedSource,
    Http,
    Interval,
    Market,
    Pair,
    Provider,
    ProviderError,
    QuoteSource,
    Unavailable,
    Unsupported,
    Window,
    discover,
)
from providers.binance import Binance
from providers.bybit import Bybit
from providers.coinbase import Coinbase
from providers.coingecko import CoinGecko
from providers.coinmarketcap import CoinMarketCap
from providers.cryptocompare import CryptoCompare
from providers.cryptopanic import CryptoPanic
from providers.gate import Gate
from providers.kraken import Kraken
from providers.kucoin import KuCoin
from providers.rss import Rss
from tests.providers.payloads import ASKED, BTC, JANUARY_1, NOW, PAIR, WINDOWS, payloads_of

KEY = "a-secret-key"
HEADERS = {
    "coincap": ("Authorization", f"Bearer {KEY}"),
    "coingecko": ("x-cg-demo-api-key", KEY),
    "coinmarketcap": ("X-CMC_PRO_API_KEY", KEY),
    "cryptocompare": ("authorization", f"Apikey {KEY}"),
    "newsapi": ("X-Api-Key", KEY),
}
KEY_IN_URL = {"cryptopanic"}
"""The provider whose key is part of the URL."""


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Mock a network in which every request fails, to inspect the requests."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.get(re.compile(".*"), status=429)
        yield mock


def ask(provider: Provider, what: str, interval: Interval) -> None:
    """Request the candles of one of `WINDOWS`, or use another ability, and ignore the failure."""
    if what in WINDOWS:
        ask_candles(provider, interval, WINDOWS[what])
        return
    arguments: dict[str, list[object]] = {"quotes": [ASKED], "fear_greed": [30]}
    if isinstance(provider, FeedSource):
        what, arguments = "headlines_of", {"headlines_of": [provider.default_feeds[0]]}
    with pytest.raises(ProviderError):
        getattr(provider, what)(*arguments.get(what, []))


def ask_candles(provider: Provider, interval: Interval, window: Window, pair: Pair = PAIR) -> None:
    """Request the candles of a window in an available quote currency."""
    assert isinstance(provider, CandleSource)
    market = provider.market(pair, window)
    assert market is not None
    with pytest.raises(ProviderError):
        provider.candles(market, interval, window)


def parts(url: str | None) -> tuple[str, dict[str, str]]:
    """Return the path and the query, with sorted parameters."""
    split = urlsplit(url or "")
    return split.path, dict(parse_qsl(split.query, strict_parsing=bool(split.query)))


@pytest.mark.parametrize(
    ("provider", "what"),
    [(provider, what) for provider in discover() for what in payloads_of(provider).requests],
)
def test_request(provider: type[Provider], what: str, wire: responses.RequestsMock) -> None:
    """Each ability sends one request, with the key in a header only."""
    known = payloads_of(provider)

    ask(provider(Http(), key=KEY, clock=lambda: NOW), what, INTERVALS[known.interval])

    (call,) = wire.calls
    assert call.request.url
    assert call.request.url.startswith(provider.base_urls[0] + "/")
    assert parts(call.request.url) == parts(known.requests[what])
    assert (KEY in call.request.url) is (provider.name in KEY_IN_URL)
    header, value = HEADERS.get(provider.name, ("User-Agent", "crypto-data-engine/1.0"))
    assert call.request.headers[header] == value


@pytest.mark.parametrize("provider", discover())
def test_without_key(provider: type[Provider], wire: responses.RequestsMock) -> None:
    """Without a key, its header is absent."""
    known = payloads_of(provider)
    what = next(iter(known.requests))

    ask(provider(Http(), clock=lambda: NOW), what, INTERVALS[known.interval])

    sent = {name.lower() for name in wire.calls[0].request.headers}
    assert sent <= {"user-agent", "accept", "accept-encoding", "connection"}


@pytest.mark.parametrize("provider", discover())
def test_base_url(provider: type[Provider], wire: responses.RequestsMock) -> None:
    """A configured base URL with a path replaces all hosts."""
    known = payloads_of(provider)
    what = next(iter(known.requests))
    stand_in = provider(Http(), base_url="http://127.0.0.1:9/stand-in/", key=KEY, clock=lambda: NOW)

    ask(stand_in, what, INTERVALS[known.interval])

    (call,) = wire.calls
    path, query = parts(known.requests[what])
    if issubclass(provider, FeedSource):
        path = f"/{urlsplit(provider.default_feeds[0]).netloc}{path}"
    assert call.request.url
    assert call.request.url.startswith("http://127.0.0.1:9/stand-in/")
    assert parts(call.request.url) == (f"/stand-in{path}", query)


def test_keyless_listings(wire: responses.RequestsMock) -> None:
    """Without a key, CoinMarketCap gets requests to its public path."""
    ask(CoinMarketCap(Http(), clock=lambda: NOW), "quotes", INTERVALS["1h"])

    assert parts(wire.calls[0].request.url)[0] == "/public-api/v3/cryptocurrency/listings/latest"


def test_paid_key(wire: responses.RequestsMock) -> None:
    """CoinGecko's paid keys use another header, with the paid host."""
    paid = CoinGecko(Http(), base_url="https://pro-api.coingecko.com", key=KEY, clock=lambda: NOW)

    ask(paid, "quotes", INTERVALS["4h"])

    assert wire.calls[0].request.headers["x-cg-pro-api-key"] == KEY
    assert "x-cg-demo-api-key" not in wire.calls[0].request.headers


def test_no_address_is_repeated() -> None:
    """Errors and their causes never contain CryptoPanic's URLs, which have its key."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(ProviderError) as caught:
        CryptoPanic(Http(), base_url=url, key=KEY, clock=lambda: NOW).headlines()

    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_keys_are_not_carried_elsewhere() -> None:
    """The redirect of CryptoPanic's old path, which has the key in its URL, is not followed."""
    with responses.RequestsMock() as wire:
        wire.get(re.compile(".*"), status=301, headers={"Location": f"https://elsewhere.example/?auth={KEY}"})
        with pytest.raises(Unavailable) as caught:
            CryptoPanic(Http(), key=KEY, clock=lambda: NOW).headlines()

        assert (caught.value.reason, len(wire.calls)) == ("HTTP 301", 1)
        assert KEY not in str(caught.value)


def test_feeds_of_an_operator(wire: responses.RequestsMock) -> None:
    """A feed may have any address and query, and its own host gets the request."""
    for base_url in (None, "http://127.0.0.1:9"):
        with pytest.raises(ProviderError):
            Rss(Http(), base_url=base_url).headlines_of("http://news.example:8080/feed?format=rss")

    assert [call.request.url for call in wire.calls] == [
        "http://news.example:8080/feed?format=rss",
        "http://127.0.0.1:9/news.example:8080/feed?format=rss",
    ]


def test_half_hours_of_coingecko_are_those_of_one_day(wire: responses.RequestsMock) -> None:
    """CoinGecko sends half hours for a single day only."""
    ask_candles(CoinGecko(Http(), clock=lambda: NOW), INTERVALS["30m"], Window(48))

    assert parts(wire.calls[0].request.url)[1]["days"] == "1"


@pytest.mark.parametrize(
    ("provider", "names"),
    [(Bybit, ("start", "end")), (Gate, ("from", "to")), (KuCoin, ("startAt", "endAt"))],
)
def test_a_window_of_months_ends_with_the_calendar(
    provider: type[CandleSource], names: tuple[str, str], wire: responses.RequestsMock
) -> None:
    """The bounds of a window of months, or of the days of its months, are those of the calendar."""
    month = INTERVALS["1M"]
    january, march = month.after(JANUARY_1, -12), month.after(JANUARY_1, -10)
    native = "1M" in provider.intervals
    last = march if native else month.after(march) - 86_400_000
    window = Window(3 if native else 90, january, last)
    ask_candles(provider(Http(), clock=lambda: NOW), INTERVALS["1M" if native else "1d"], window)

    query = parts(wire.calls[0].request.url)[1]
    first, end = (int(query[name]) for name in names)
    unit = 1 if provider is Bybit else 1000
    assert first * unit == january
    assert end * unit == (month.after(march) if provider is KuCoin else last)


@pytest.mark.parametrize(("limit", "days"), [(1, 7), (42, 7), (43, 14), (84, 14), (85, 30), (180, 30)])
def test_days(limit: int, days: int, wire: responses.RequestsMock) -> None:
    """The request to CoinGecko has the fewest days that cover the window."""
    ask_candles(CoinGecko(Http(), clock=lambda: NOW), INTERVALS["4h"], Window(limit))

    assert parts(wire.calls[0].request.url)[1]["days"] == str(days)


@pytest.mark.parametrize(
    ("interval", "path", "aggregate"),
    [
        ("1m", "histominute", "1"),
        ("5m", "histominute", "5"),
        ("15m", "histominute", "15"),
        ("1h", "histohour", "1"),
        ("4h", "histohour", "4"),
        ("1d", "histoday", "1"),
    ],
)
def test_aggregate(interval: str, path: str, aggregate: str, wire: responses.RequestsMock) -> None:
    """CryptoCompare aggregates longer candles from minutes and hours."""
    ask_candles(CryptoCompare(Http(), clock=lambda: NOW), INTERVALS[interval], Window(50))

    asked, query = parts(wire.calls[0].request.url)
    assert asked == f"/data/v2/{path}"
    assert (query["aggregate"], query["limit"]) == (aggregate, "49")


def test_matic(wire: responses.RequestsMock) -> None:
    """Candles of POL from before September 2024 are requested from Binance as MATIC."""
    binance, pol = Binance(Http(), clock=lambda: NOW), Pair(ASSET_BY_NAME["POL"], "USDT")
    for end, symbol in ((1_700_000_000_000, "MATICUSDT"), (JANUARY_1, "POLUSDT")):
        ask_candles(binance, INTERVALS["1h"], Window(3, end=end), pol)

        assert parts(wire.calls[-1].request.url)[1]["symbol"] == symbol


@pytest.mark.parametrize(
    ("kind", "status", "refusal", "everything"),
    [
        (Binance, 400, {"code": -1121, "msg": "Invalid symbol."}, []),
        (Kraken, 200, {"error": ["EQuery:Unknown asset pair"]}, {"error": [], "result": {"FOOUSD": {}}}),
    ],
)
def test_unlisted_coin(kind: type[QuoteSource], status: int, refusal: object, everything: object) -> None:
    """If an unknown coin fails the call, all tickers are requested."""
    with responses.RequestsMock() as wire:
        wire.get(re.compile(".*[?].*"), status=status, json=refusal)
        wire.get(re.compile("[^?]*$"), json=everything)

        assert kind(Http(), clock=lambda: NOW).quotes(ASKED) == []
        assert len(wire.calls) == 2


def test_market() -> None:
    """A pair maps to a market in another quote currency if needed, or to none."""
    coinbase, kraken = Coinbase(Http()), Kraken(Http())
    tron, stellar = ASSET_BY_NAME["TRX"], ASSET_BY_NAME["XLM"]

    assert coinbase.market(Pair(BTC, "USDT")) == Market("coinbase", "BTC", "USD", "BTC-USD")
    assert coinbase.market(Pair(tron, "USD")) is None
    assert kraken.market(Pair(BTC, "USDT")) == Market("kraken", "BTC", "USDT", "XBTUSDT")
    assert kraken.market(Pair(stellar, "USDT")) == Market("kraken", "XLM", "USD", "XLMUSD")


def test_refusal_is_not_hidden() -> None:
    """A pair that a provider lacks raises `Unsupported`."""
    with responses.RequestsMock() as wire:
        wire.get(re.compile(".*"), status=404, json={"message": "NotFound"})
        with pytest.raises(Unsupported):
            Coinbase(Http(), clock=lambda: NOW).candles(
                Market("coinbase", "BTC", "USD", "BTC-USD"), INTERVALS["1h"], Window(3)
            )
