"""The Python client against the real server, and what it makes of failures."""

import importlib.util
import inspect
import io
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args, get_type_hints

import crypto_data_engine_client as package
import httpx
import pytest
import requests
from crypto_data_engine_client import (
    AsyncClient,
    Candles,
    Client,
    EngineError,
    InternalError,
    InvalidSymbol,
    Message,
    NotFound,
    Overloaded,
    ProvidersFailed,
    RateLimited,
    Unauthorized,
    Unreachable,
    UnreadableAnswer,
    _rows,
)

from tests.clients.packages import KEY
from tests.looping import in_a_loop
from tests.relay import Relay
from tests.running import ROOT, Engine
from tests.waiting import eventually

README = ROOT / "clients/python/README.md"
GUIDES = sorted((ROOT / "docs/guides").glob("*.md"))
SAMPLE = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
HOUR = 3_600_000
CHANNEL = "candles:BTCUSDT:1m"


@pytest.fixture
def client(engine: Engine) -> Iterator[Client]:
    """Yield a client of the server, with a key."""
    with Client(engine.url, key=KEY) as client:
        yield client


def answering(*answers: httpx.Response, waits: list[float] | None = None, **options: Any) -> Client:
    """Return a client that gets `answers` one after the other, and notes how long it waits."""
    following = iter(answers)
    transport = httpx.MockTransport(lambda request: next(following))
    noted = [] if waits is None else waits
    return Client("http://engine", transport=transport, sleep=noted.append, **options)


def failing(status: int, code: str, **more: Any) -> httpx.Response:
    """Return a failure as the engine sends it."""
    error = {"code": code, "message": "A sentence", **more}
    return httpx.Response(status, json={"success": False, "error": error}, headers={"X-Request-ID": "seven"})


def test_candles_say_where_they_are_from_and_how_old_they_are(client: Client, engine: Engine) -> None:
    """An answer has the rows as the engine sent them, their source, their age and the id of the request."""
    candles = client.candles("AVAX", "1h", limit=60)  # which is cold: no other test asks for it
    sent = requests.get(f"{engine.url}/api/ohlcv?symbol=AVAX&limit=60", timeout=30).json()

    assert [row["timestamp"] for row in candles.data] == [row["timestamp"] for row in sent["data"]]
    assert candles.body.keys() == sent.keys()
    assert (candles.symbol, candles.interval, candles.quote) == ("AVAXUSDT", "1h", "USDT")
    assert (candles.sources, candles.stale, candles.gaps) == (("binance",), False, [])
    assert candles.age_seconds is not None
    assert 0 <= candles.age_seconds < 300
    assert candles.last_closed is False
    assert candles.request_id


def test_every_endpoint_has_a_method(client: Client) -> None:
    """Each answer has the providers of its data; what no provider gives has none."""
    prices = client.prices(["BTC", "ETH"], convert="EUR", sparkline=True)

    assert [row["symbol"] for row in prices.data] == ["BTC", "ETH"]
    assert "kraken" in prices.sources
    assert client.prices().data[0]["symbol"] == "BTC"
    assert client.sentiment(days=3).data["fearGreed"]
    assert client.sentiment().sources
    assert len(client.news(limit=2).data) == 2
    assert client.overview().data["totalMarketCap"]
    assert client.prices_at("BTC", datetime.now(UTC).timestamp() - 3600, convert="USD").data[0]["price"]
    assert client.indicators("BTC", "rsi:14", limit=2).data[0]["rsi:14"]
    assert next(client.coins("bitcoin", kind="coin")).data[0]["symbol"] == "BTC"
    assert next(client.markets(base="BTC")).next is None
    eventually(lambda: "BTCUSDT" in {row["symbol"] for row in client.history().data})
    assert client.health().age_seconds is None
    assert client.health().sources == ()
    assert client.request("GET", "/api/account").data["tier"] == "pro"
    good, wrong = client.candles_batch(["BTC", "DOGEE"], limit=50).data
    assert isinstance(good, Candles)
    assert isinstance(wrong, InvalidSymbol)


def test_pages_are_the_whole_window(client: Client) -> None:
    """A long window is read page by page, each candle once, and an export has the archive's."""
    start, end = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 25, tzinfo=UTC)
    pages = list(client.candle_pages("BTC", "1h", start_time=start, end_time=end))
    times = [row["timestamp"] for page in pages for row in page.data]
    file = io.BytesIO()
    headers = client.export(file, "BTC", "1h", start_time=start, end_time=end)

    assert len(pages) == 2
    assert times == list(range(int(start.timestamp() * 1000), int(end.timestamp() * 1000) + 1, HOUR))
    assert file.getvalue().startswith(b"timestamp,")
    assert "x-data-gaps" in headers


def test_frames_keep_what_was_answered(client: Client) -> None:
    """Frames have the rows' values, times in UTC, and with pandas the source and the age."""
    candles = client.candles("BTC", limit=50)
    indicators = client.indicators("BTC", ["macd"], limit=3)
    pandas_frame, polars_frame = candles.to_pandas(), candles.to_polars()
    empty = Candles([], {**candles.body, "data": []}, candles.headers)

    closes = [row["close"] for row in candles.data]

    assert list(pandas_frame["close"]) == polars_frame["close"].to_list() == closes
    assert pandas_frame.index[0].timestamp() * 1000 == candles.data[0]["timestamp"]
    assert polars_frame["timestamp"][0] == pandas_frame.index[0].to_pydatetime()
    assert pandas_frame.attrs["sources"] == ["binance"]
    assert pandas_frame.attrs["stale"] is False
    assert {"macd.signal", "macd.histogram"} <= set(indicators.to_polars().columns)
    assert list(empty.to_pandas().columns) == empty.to_polars().columns[1:]
    assert len(empty.to_pandas()) == 0


def test_old_data_say_so() -> None:
    """Stale data keep their age and source, and nothing is added to them."""
    body = {"success": True, "data": [], "source": "kraken", "meta": {"stale": True, "ageSeconds": 4000.5}}
    client = answering(httpx.Response(200, json=body))

    prices = client.prices("BTC")

    assert (prices.stale, prices.age_seconds, prices.sources, prices.body) == (
        True,
        4000.5,
        ("kraken",),
        body,
    )


def test_errors_have_the_engines_reasons(client: Client, engine: Engine) -> None:
    """A failure is an exception of its code, with details, reasons and the id of the request."""
    with pytest.raises(InvalidSymbol) as wrong:
        client.candles("DOGEE")
    with pytest.raises(NotFound):
        client.request("GET", "/api/nowhere")
    with pytest.raises(Unauthorized), Client(engine.url, key="unknown") as stranger:
        stranger.prices()
    with pytest.raises(Unreachable), Client("http://127.0.0.1:9") as lonely:
        lonely.health()

    assert wrong.value.code == "INVALID_SYMBOL"
    assert wrong.value.details["DOGEE"] == {"didYouMean": ["DOGE"]}
    assert "DOGEE: unknown coin or pair" in str(wrong.value)
    assert wrong.value.request_id
    assert (wrong.value.status, wrong.value.retry_after) == (400, None)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failing(503, "PROVIDER_ERROR", details={"binance": "Timeout"}, retryAfter=60), ProvidersFailed),
        (failing(503, "OVERLOADED"), Overloaded),
        (failing(500, "INTERNAL_ERROR"), InternalError),
        (httpx.Response(502, text="<html>"), EngineError),
        (httpx.Response(200, text="<html>"), UnreadableAnswer),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else None,
)
def test_other_failures_are_not_repeated(answer: httpx.Response, kind: type[Exception]) -> None:
    """A failure that is no spent quota is raised at once."""
    with pytest.raises(kind) as failure:
        answering(answer).prices()

    assert type(failure.value) is kind
    if isinstance(failure.value, ProvidersFailed):
        assert (failure.value.reasons, failure.value.retry_after) == ({"binance": "Timeout"}, 60)
        assert failure.value.request_id == "seven"


def test_a_spent_quota_is_waited_for() -> None:
    """A client waits as long as the engine says, and gives up after its patience."""
    good = httpx.Response(200, json={"success": True, "data": []})
    waits: list[float] = []
    spent = [
        failing(429, "RATE_LIMITED", retryAfter=7),
        httpx.Response(429, headers={"Retry-After": "2"}),
        httpx.Response(429),
    ]

    assert answering(*spent, good, waits=waits).prices().data == []
    assert waits == [7, 2, 1]
    with pytest.raises(RateLimited) as failure:
        answering(*spent, waits=waits, patience=5).prices()
    assert failure.value.retry_after == 7
    assert len(waits) == 3


def test_asyncio_waits_too() -> None:
    """The client for asyncio does the same."""
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def main() -> None:
        answers = iter([failing(429, "RATE_LIMITED", retryAfter=7), failing(404, "FEATURE_DISABLED")])
        transport = httpx.MockTransport(lambda request: next(answers))
        async with AsyncClient("http://engine", transport=transport, sleep=sleep) as client:
            with pytest.raises(package.FeatureDisabled):
                await client.news()

    in_a_loop(main())
    assert waits == [7]


def test_a_stream_goes_on_where_it_was_cut(engine: Engine) -> None:
    """After each cut the next connection asks for what follows the last message, and nothing comes twice."""
    with (
        Relay(engine.port) as relay,
        Client(f"http://{relay.address}", key=KEY, sleep=lambda _: None) as client,
        closing(client.stream(CHANNEL)) as messages,
    ):
        heard = follow(lambda: next(messages), relay)
    with Client(engine.url) as client, closing(client.stream(CHANNEL, after=heard[0].cursor)) as messages:
        assert next(messages).cursor != heard[0].cursor


def follow(next_message: Callable[[], Message], relay: Relay) -> list[Message]:
    """Read messages with a cut after the second into the next connection, and check that each comes once."""
    heard = [next_message(), next_message()]
    relay.cut()
    while len(relay.heard) == 1:  # what has come before the cut
        heard.append(next_message())
    heard += [next_message(), next_message()]
    cursors = [str(message.cursor) for message in heard]

    assert len(set(cursors)) == len(cursors)
    assert any(f"after={cursor}".encode() in bytes(relay.heard[-1]) for cursor in cursors)
    assert KEY.encode() in bytes(relay.heard[-1])
    assert {message.channel for message in heard if message.channel} == {CHANNEL}
    return heard


def test_asyncio_streams_too(engine: Engine) -> None:
    """The client for asyncio goes on in the same way."""

    async def sleep(seconds: float) -> None:
        del seconds

    async def main() -> None:
        with Relay(engine.port) as relay:
            async with AsyncClient(f"http://{relay.address}", key=KEY, sleep=sleep) as client:
                messages = client.stream(CHANNEL)
                heard = [await anext(messages), await anext(messages)]
                relay.cut()
                while len(relay.heard) == 1:  # what has come before the cut
                    heard.append(await anext(messages))
                await messages.aclose()
                cursors = [str(message.cursor) for message in heard]
                assert len(set(cursors)) == len(cursors)
            assert f"after={cursors[-2]}".encode() in bytes(relay.heard[-1])

    in_a_loop(main())


def test_a_stream_that_cannot_begin_says_why(client: Client) -> None:
    """A wrong channel is raised at once, and a full engine after the client's patience."""
    full = {"type": "error", "id": None, "error": {"code": "STREAM_FULL", "message": "Too many streams"}}
    event = f"retry: 3000\ndata: {json.dumps(full)}\n\n"
    waits: list[float] = []

    with pytest.raises(package.InvalidRequest):
        next(client.stream("candles:DOGEE:1m"))
    with pytest.raises(EngineError) as failure:
        next(answering(*[httpx.Response(200, text=event)] * 5, waits=waits, patience=8).stream("news"))

    assert failure.value.code == "STREAM_FULL"
    assert len(waits) in (1, 2)
    assert all(3 <= wait <= 4 for wait in waits)


@pytest.mark.parametrize(
    ("row", "schema"),
    [
        ("Candle", "CandleRow"),
        ("PriceSource", "SourceRow"),
        ("Price", "PriceRow"),
        ("PastPrice", "PastPriceRow"),
        ("Sentiment", "SentimentData"),
        ("Story", "StoryRow"),
        ("Listing", "ListingRow"),
        ("Overview", "OverviewData"),
        ("Coin", "ListedCoinRow"),
        ("Market", "MarketRow"),
        ("KeptSeries", "KeptSeries"),
    ],
)
def test_rows_are_those_of_the_document(row: str, schema: str, document: Path) -> None:
    """The types of rows have the members of the OpenAPI document, the same of them required and unknown."""
    kind = getattr(_rows, row)
    documented = json.loads(document.read_bytes())["components"]["schemas"][schema]
    unknown = {name for name, hint in get_type_hints(kind).items() if type(None) in get_args(hint)}
    nullable = {
        name
        for name, it in documented["properties"].items()
        if it.get("nullable") or any(one.get("nullable") for one in it.get("anyOf", ()))
    }

    assert kind.__required_keys__ == set(documented["required"])
    assert set(kind.__annotations__) == set(documented["properties"])
    assert unknown == nullable


def test_both_clients_have_the_same_methods() -> None:
    """Every method of one client is one of the other, with the same parameters."""
    methods = {name: it for name, it in inspect.getmembers(Client, inspect.isfunction) if name[0] != "_"}
    others = {name: it for name, it in inspect.getmembers(AsyncClient, inspect.isfunction) if name[0] != "_"}

    assert set(methods) - {"close"} == set(others) - {"aclose"}
    for name in set(methods) - {"close"}:
        assert inspect.signature(methods[name]).parameters == inspect.signature(others[name]).parameters, name


def test_everything_public_is_exported() -> None:
    """Each error and row that is defined can be imported from the package."""
    for module in (package._errors, package._rows, package._answers):
        own = {name for name, it in vars(module).items() if getattr(it, "__module__", "") == module.__name__}
        classes = {name for name in own if inspect.isclass(vars(module)[name])}
        assert classes <= set(package.__all__)


@pytest.mark.parametrize(
    "sample", [sample for file in (README, *GUIDES) for sample in SAMPLE.findall(file.read_text())]
)
def test_the_samples_of_the_readme_and_of_guides_work(
    engine: Engine, sample: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every sample in Python works as it is written."""
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    source = sample.replace("http://localhost:8000", engine.url).replace("<key>", KEY)
    source = source.replace("https://example.org", engine.url)  # some host that exists
    with redirect_stdout(printed), ThreadPoolExecutor(1) as pool:  # as `in_a_loop`
        pool.submit(exec, compile(source, "README.md", "exec"), {"__name__": "sample"}).result()

    assert printed.getvalue()


def test_it_works_without_pandas_and_polars() -> None:
    """Nothing but httpx is imported with the package."""
    spec = importlib.util.find_spec("crypto_data_engine_client")
    assert spec is not None
    assert spec.origin is not None
    for file in Path(spec.origin).parent.glob("*.py"):
        top = re.findall(r"^(?:import|from) (\w+)", file.read_text(), re.M)
        assert not {"pandas", "polars", "requests"} & set(top), file
