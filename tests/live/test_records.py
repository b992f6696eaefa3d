"""Records: what came over the network, readable for the same code, and without secrets."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from engine.config import load_settings
from providers import Channel, Http, Provider, Reply, StreamSource, discover
from tests.clock import Clock
from tests.demo import KEYS
from tests.live.asking import ASSETS, PAIR, Run, chosen, usual_interval
from tests.live.outcome import Kind, Outcome
from tests.live.recording import Exchange
from tests.live.records import HIDDEN, LARGE, Records
from tests.live.test_live import Skipping
from tests.providers.abilities import Ability, Question, abilities_of
from tests.providers.stream_contract import KINDS
from tests.recorded import body_of
from tests.upstreams import StandIn
from tests.upstreams.faults import Fault

KEY = "a+secret/key"
FEED = "https://one.example/rss"


class Replay(Http):
    """A client that gives recorded replies, each to the request that brought it."""

    def __init__(self, paths: Iterator[Path]) -> None:
        super().__init__()
        self._records = [json.loads(path.read_text()) for path in paths]

    def get(
        self,
        url: str,
        params: Mapping[str, object],
        headers: Mapping[str, str],
        max_bytes: int | None = None,
    ) -> Reply:
        """Return the next reply."""
        record = self._records.pop(0)
        assert urlsplit(record["request"]["url"]).path.endswith(urlsplit(url).path)
        return Reply(record["http_status"], record["headers"], body_of(record))

    @property
    def is_over(self) -> bool:
        """Return whether every reply was asked for."""
        return not self._records


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """Yield all providers, at a time that stands still, with cookies in their answers."""
    with StandIn(clock=Clock()) as market:
        market.open_streams(pace=0.02)
        for kind in discover():
            market.fault(kind.name, Fault("date", seconds=0, headers={"Set-Cookie": "session=abc"}))
        yield market


@pytest.fixture(scope="module")
def recorded(stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the records of all providers."""
    folder, time = tmp_path_factory.mktemp("recorded"), Skipping()
    addresses = {**stand_in.base_urls(), **stand_in.open_streams().urls()}
    settings = load_settings({**addresses, **dict.fromkeys(KEYS, KEY), "NEWS_RSS_FEEDS": FEED})
    outcomes: list[Outcome] = Run(settings, Records(folder), stand_in.market.clock, time, time.wait).ask(
        chosen([])
    )
    assert {one.kind for one in outcomes} == {Kind.OK}
    return folder


def names() -> list[tuple[type[Provider], Ability]]:
    """Return each provider with each of its abilities."""
    return [(kind, ability) for kind in discover() for ability in abilities_of(kind)]


def files(recorded: Path, kind: type[Provider], ability: Ability) -> Iterator[Path]:
    """Yield the records of one ability in the order of the replies."""
    name = "headlines-one.example" if kind.name == "rss" else ability.name
    folder = recorded / kind.name
    yield folder / f"{name}.json"
    number = 2
    while (path := folder / f"{name}-{number}.json").exists():
        yield path
        number += 1


@pytest.mark.parametrize(
    ("kind", "ability"), [pytest.param(*each, id=f"{each[0].name}-{each[1].name}") for each in names()]
)
def test_a_record_is_read_to_the_same_values(
    kind: type[Provider], ability: Ability, recorded: Path, stand_in: StandIn
) -> None:
    """The provider reads what it has recorded to the values that it has read from the network."""
    clock = stand_in.market.clock
    client = Replay(files(recorded, kind, ability))
    replayed = kind(client, key=KEY, clock=clock)
    direct = kind(Http(), key=KEY, clock=clock, base_url=stand_in.url(kind.name))
    given, again = (
        ability.ask(Question(one, PAIR, usual_interval(one), ASSETS, FEED)) for one in (direct, replayed)
    )

    assert again == given
    assert client.is_over


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        pytest.param(kind, channel, id=f"{kind.name}-{channel}")
        for kind in discover()
        if issubclass(kind, StreamSource)
        for channel in sorted(kind.channels)
    ],
)
def test_recorded_frames_are_read_again(kind: type[StreamSource], channel: Channel, recorded: Path) -> None:
    """The frames of a stream are texts as they came, of which one has an event of the topic."""
    record = json.loads((recorded / kind.name / f"stream-{channel}.json").read_text())
    events = [event for frame in record["frames"] for event in kind(Http()).read_frame(frame)]
    found = [event for event in events if isinstance(event, KINDS[channel])]

    assert [getattr(event, "name", None) for event in found] == [record["topic"]]
    assert "?" not in record["address"]


def test_records_have_no_secret(recorded: Path) -> None:
    """A record has neither the key nor cookies; what matters of the headers is kept."""
    texts = {path.relative_to(recorded): path.read_text() for path in recorded.rglob("*.json")}
    posts = json.loads(texts[Path("cryptopanic/headlines.json")])
    weight = json.loads(texts[Path("binance/listing.json")])

    assert not [path for path, text in texts.items() if KEY in text or "a%2Bsecret%2Fkey" in text]
    assert not [path for path, text in texts.items() if "session=abc" in text]
    token = json.loads(texts[Path("kucoin/stream-candles-address.json")])["body"]["data"]["token"]
    assert token == HIDDEN
    assert f"auth_token={HIDDEN}&" in posts["request"]["url"]
    assert posts["headers"].keys() == {"date", "content-type"}
    assert weight["headers"]["x-mbx-used-weight-1m"].isdecimal()


def kept(tmp_path: Path, body: bytes, method: str = "GET") -> tuple[str, Any]:
    """Return the record of a body as text and as JSON."""
    exchange = Exchange(method, "https://user:pass@a.example/x?y=1", Reply(200, {}, body))
    [path] = Records(tmp_path).keep("one", "book", 1_767_324_600_123, "ok: 5 values", [exchange])
    text = path.read_text()
    return text, json.loads(text)


@pytest.mark.parametrize(
    "body",
    [
        b'{"price": "80000.10", "size": 1.5}',
        b"<rss>\xc3\xa4</rss>",
        b"\xff\xfe\x00",
        b"",
        b'{"price": NaN',
        b"\xef\xbb\xbf[1]",
        b"[" + b"1," * LARGE + b"1]",
    ],
    ids=["JSON", "XML", "bytes", "nothing", "half", "mark", "large"],
)
def test_any_body_is_kept(body: bytes, tmp_path: Path) -> None:
    """A body that is JSON, text or neither can be had again, and a large one is compressed."""
    text, record = kept(tmp_path, body)

    assert body_of(record) == body
    assert len(text) < LARGE
    assert record["request"] == {"method": "GET", "url": "https://a.example/x?y=1"}
    assert (record["recorded_at"], record["asked_at"]) == ("2026-01-02T03:30:00Z", 1_767_324_600_123)


def test_digits_stay_as_they_were_sent(tmp_path: Path) -> None:
    """A body of JSON stands in the record as it was sent, with all its digits, so that it can be copied."""
    text, record = kept(tmp_path, b'{"size": 1.50, "id": 12345678901234567890123}')

    assert '"size": 1.50, "id": 12345678901234567890123' in text
    assert record["body_is_json"] is True


def test_a_token_for_a_connection_is_hidden(tmp_path: Path) -> None:
    """What a venue gives for one connection is no part of a record."""
    _, record = kept(tmp_path, b'{"data": {"token": "2neAiuYvAU61", "ping": 5}}', "POST")

    assert record["body"] == {"data": {"token": HIDDEN, "ping": 5}}
