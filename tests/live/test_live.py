"""The run over all providers: every ability is asked for, and each failure is told for what it is."""

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

import providers
from engine.config import load_settings
from providers import Provider, StreamSource, discover
from tests.clock import Clock
from tests.demo import KEYS
from tests.live import __main__ as command
from tests.live.asking import Run, chosen
from tests.live.outcome import Kind, Outcome, lines, status
from tests.live.records import Records
from tests.providers.abilities import ABILITIES, abilities_of
from tests.running import ROOT, free_port
from tests.upstreams import StandIn
from tests.upstreams.faults import Fault
from tests.upstreams.streams.faults import StreamFault

KEY = "a+secret/key"
SILENT = 60.0
"""Seconds that a stream may take, which only a test that fails waits for."""


class Skipping:
    """A clock that jumps where a run would wait."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        """Return the seconds that were waited."""
        return self.time

    def wait(self, seconds: float) -> None:
        """Be that much later at once."""
        self.time += seconds


@pytest.fixture(scope="module")
def market() -> Iterator[StandIn]:
    """Yield all providers, at a time that stands still."""
    with StandIn(clock=Clock()) as stand_in:
        stand_in.open_streams(pace=0.02)
        yield stand_in


@pytest.fixture
def stand_in(market: StandIn) -> Iterator[StandIn]:
    """Yield the same for a test that gives them faults."""
    yield market
    market.heal()
    market.open_streams().heal()


def asked(
    stand_in: StandIn, folder: Path, *names: str, seconds: float = SILENT, settings: Mapping[str, str] = {}
) -> list[Outcome]:
    """Return the outcomes of providers, or of all."""
    keys = dict.fromkeys(KEYS, KEY)
    time = Skipping()
    addresses = {**stand_in.base_urls(), **stand_in.open_streams().urls()}
    loaded = load_settings({**addresses, **keys, **settings})
    run = Run(loaded, Records(folder), stand_in.market.clock, time, time.wait, seconds)
    return run.ask(chosen(names))


@pytest.fixture(scope="module")
def everything(market: StandIn, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Outcome], Path]:
    """Return the outcomes of all providers, and the folder of their records."""
    folder = tmp_path_factory.mktemp("recorded")
    return asked(market, folder), folder


def streaming() -> list[type[StreamSource]]:
    """Return the providers with streams."""
    return [kind for kind in discover() if issubclass(kind, StreamSource)]


def requested(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the outcomes of requests, without those of streams, whose hosts are others."""
    return [one for one in outcomes if not one.ability.startswith("stream ")]


def kinds(outcomes: Sequence[Outcome]) -> set[Kind]:
    """Return what has come of all calls."""
    return {one.kind for one in outcomes}


def test_every_ability_of_every_provider_is_asked_for(everything: tuple[list[Outcome], Path]) -> None:
    """Each provider of the registry is asked for each of its abilities, so that a new one is included."""
    outcomes, _ = everything
    found = {(one.provider.partition(":")[0], one.ability) for one in outcomes}

    assert [one for one in outcomes if one.kind is not Kind.OK] == []
    assert status(outcomes) == 0
    assert found == {
        *((kind.name, each.name) for kind in discover() for each in abilities_of(kind)),
        *((kind.name, f"stream {channel}") for kind in streaming() for channel in kind.channels),
    }
    assert {name for name, _ in found} == {kind.name for kind in discover()}


def test_every_kind_of_provider_has_its_question() -> None:
    """An ability that `providers` gains needs a line in the table of abilities."""
    bases = {
        member
        for member in vars(providers).values()
        if isinstance(member, type) and issubclass(member, Provider) and "name" not in vars(member)
    }

    assert bases - {Provider, StreamSource} == {ability.kind for ability in ABILITIES}


def test_each_feed_of_the_settings_is_asked(stand_in: StandIn, tmp_path: Path) -> None:
    """Feeds are hosts of their own, each with a row and a record."""
    feeds = "https://www.one.example/rss,https://two.example/feed"
    outcomes = asked(stand_in, tmp_path, "rss", settings={"NEWS_RSS_FEEDS": feeds})

    assert [(one.provider, one.ability) for one in outcomes] == [
        ("rss:one.example", "headlines"),
        ("rss:two.example", "headlines"),
    ]
    assert sorted(path.name for path in (tmp_path / "rss").iterdir()) == [
        "headlines-one.example.json",
        "headlines-two.example.json",
    ]


EMPTY_BOOK = {"retCode": 0, "result": {"s": "BTCUSDT", "b": [], "a": [], "ts": 1, "u": 1}, "time": 1}


@pytest.mark.parametrize(
    ("fault", "ability", "detail"),
    [
        (Fault("status", status=200, body={"odd": 1}), "listing", "Bad data"),
        (Fault("html"), "book", "Bad data"),
        (Fault("high_below_low", path="kline"), "candles", "impossible candle"),
        (Fault("old", days=3, path="kline"), "candles", "the newest candle opened at"),
        (Fault("empty", path="kline"), "history", "an empty answer"),
        (Fault("status", status=200, body=EMPTY_BOOK, path="orderbook"), "book", "an empty answer"),
        (Fault("status", status=404, path="orderbook"), "book", "does not take this request any more"),
        (Fault("status", status=302, path="orderbook"), "book", "does not take this request any more"),
        (Fault("status", status=401, path="orderbook"), "book", "requires another key"),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_a_break_of_the_contract_fails_the_run(
    fault: Fault, ability: str, detail: str, stand_in: StandIn, tmp_path: Path
) -> None:
    """An answer of another shape, or with impossible values, is told as a failure, with exit status 1."""
    stand_in.fault("bybit", fault)
    outcomes = asked(stand_in, tmp_path, "bybit", "alternative_me")
    [found] = [one for one in outcomes if (one.provider, one.ability) == ("bybit", ability)]

    assert found.kind is Kind.BROKEN
    assert detail in found.detail
    assert status(outcomes) == 1
    assert any("| FAILED |" in line for line in lines(outcomes))


@pytest.mark.parametrize(
    ("fault", "kind", "detail"),
    [
        (Fault("status", status=451), Kind.REFUSED, "refuses the region of this host"),
        (
            Fault("status", status=403, body="not available in your region"),
            Kind.REFUSED,
            "refuses the region",
        ),
        (Fault("status", status=403, body="<html>Blocked</html>"), Kind.REFUSED, "refuses this host"),
        (Fault("status", status=429), Kind.UNREACHABLE, "no more requests for this host now"),
        (Fault("status", status=503), Kind.UNREACHABLE, "HTTP 503"),
        (Fault("reset"), Kind.UNREACHABLE, "Connection failed"),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_a_provider_that_cannot_be_had_is_told_and_breaks_nothing(
    fault: Fault, kind: Kind, detail: str, stand_in: StandIn, tmp_path: Path
) -> None:
    """Refusals of a region and failures of a host are told, and the exit status stays 0."""
    stand_in.fault("kraken", fault)
    outcomes = asked(stand_in, tmp_path, "kraken", "alternative_me")
    refused = [one for one in requested(outcomes) if one.provider == "kraken"]

    assert kinds(refused) == {kind}
    assert detail in refused[0].detail
    assert status(outcomes) == 0


def nowhere() -> dict[str, str]:
    """Return addresses that take no connection."""
    host = f"127.0.0.1:{free_port()}"
    return {"OKX_BASE_URL": f"http://{host}", "OKX_STREAM_URL": f"ws://{host}"}


@pytest.mark.parametrize(
    ("fault", "seconds", "kind", "detail"),
    [
        (StreamFault("bad_frame"), SILENT, Kind.BROKEN, "Bad data"),
        (StreamFault("bad_topic", native="BTC_USDT"), SILENT, Kind.BROKEN, "unknown currency pair"),
        (StreamFault("silent"), 0.1, Kind.BROKEN, "sent nothing of"),
        (StreamFault("refuse", status=451), SILENT, Kind.REFUSED, "HTTP 451 on upgrade"),
        (StreamFault("refuse", status=404), SILENT, Kind.BROKEN, "HTTP 404 on upgrade"),
        (StreamFault("refuse", status=503), SILENT, Kind.UNREACHABLE, "HTTP 503 on upgrade"),
    ],
    ids=lambda value: getattr(value, "kind", None),
)
def test_a_stream_is_told_for_what_it_is(
    fault: StreamFault, seconds: float, kind: Kind, detail: str, stand_in: StandIn, tmp_path: Path
) -> None:
    """A stream that cannot be read, refuses its topic or says nothing about it breaks the contract."""
    stand_in.open_streams().fault("gate", fault)
    outcomes = asked(stand_in, tmp_path, "gate", seconds=seconds)
    streams = [one for one in outcomes if one.ability.startswith("stream ")]

    assert kinds(streams) == {kind}
    assert detail in streams[0].detail
    assert status(outcomes) == int(kind is Kind.BROKEN)


def test_a_refused_connection_is_told(stand_in: StandIn, tmp_path: Path) -> None:
    """A host that takes no connection is not reachable; after two attempts it is asked no more."""
    outcomes = asked(stand_in, tmp_path, "okx", settings=nowhere())
    refused = [one for one in outcomes if "127.0.0.1: the connection was refused" in one.detail]

    assert kinds(outcomes) == {Kind.UNREACHABLE}
    assert [one.ability for one in refused] == ["candles", "history", "stream books", "stream candles"]
    assert not (tmp_path / "okx").exists()


def test_a_run_without_any_answer_fails(stand_in: StandIn, tmp_path: Path) -> None:
    """If no provider can be reached, nothing was checked, and the exit status is 1."""
    outcomes = asked(stand_in, tmp_path, "okx", settings=nowhere())

    assert status(outcomes) == 1
    assert [*lines(outcomes)][-1].startswith("No provider gave an answer")


def test_a_rate_limit_ends_the_questions(stand_in: StandIn, tmp_path: Path) -> None:
    """A provider that has no more requests for this host is asked no more, since that may bring a ban."""
    stand_in.fault("gate", Fault("status", status=429))
    stand_in.calls.forget()
    asked(stand_in, tmp_path, "gate")

    assert len(stand_in.calls.list("gate")) == 1


def test_a_provider_without_its_key_is_told(stand_in: StandIn, tmp_path: Path) -> None:
    """A provider whose key is missing has a row for each ability, and gets no request."""
    outcomes = asked(stand_in, tmp_path, "coincap", settings={"COINCAP_API_KEY": ""})

    assert [(one.kind, one.detail) for one in outcomes] == [(Kind.NOT_ASKED, "COINCAP_API_KEY is not set")]


def test_nothing_beside_the_engine_is_needed() -> None:
    """`make live` installs what the server needs, and no tool of the tests."""
    imported = "import sys, tests.live.__main__; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", imported], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert {"providers", "requests"} <= {*done.stdout.split()}
    assert {"pytest", "responses", "websockets", "hypothesis"}.isdisjoint(done.stdout.split())


def test_make_hands_on_what_to_ask() -> None:
    """`make live` takes some providers and a folder, and asks all of them without."""
    some, every = (
        subprocess.run(
            ["make", "-n", "live", *words], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.split("tests.live")[-1]
        for words in (["PROVIDERS=binance kraken", "RECORD=answers"], [])
    )

    assert some.split() == ["binance", "kraken", "--record", "'answers'"]
    assert every.split() == ["--record", "'recorded'"]


def test_the_command_prints_the_table(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command asks the named providers at the addresses of the settings, and says where records are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("logging.disable", lambda: None)
    monkeypatch.setenv("ALTERNATIVE_ME_BASE_URL", stand_in.url("alternative_me"))

    assert command.main(["alternative_me"], stand_in.market.clock) == 0
    told = capsys.readouterr().out
    assert "| alternative_me | fear_greed | ok | 30 values |" in told
    assert "1 ok" in told
    assert [*(tmp_path / "recorded").rglob("*.json")] == [
        tmp_path / "recorded/alternative_me/fear_greed.json"
    ]


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [("mtgox", {}, "unknown: mtgox"), ("okx", {"PORT": "many"}, "PORT")],
)
def test_the_command_refuses_what_it_does_not_know(
    name: str,
    settings: dict[str, str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An unknown provider and a wrong setting get a sentence and exit status 2."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("logging.disable", lambda: None)
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)

    assert command.main([name]) == 2
    assert said in capsys.readouterr().err
