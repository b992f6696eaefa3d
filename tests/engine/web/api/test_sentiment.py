"""`GET /api/sentiment` and `POST /api/sentiment/analyze`."""

import json
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from engine.config import ProviderSettings
from engine.upstream._statistics import PATIENCE
from engine.web.services import services_of
from schemas import AnalyzeAnswer, ErrorAnswer
from tests.clock import Clock
from tests.engine.web.api.answers import Json, failure, held, sentiment
from tests.engine.web.conftest import Make
from tests.upstreams import Fault, StandIn
from tests.waiting import eventually, quickest

FEEDS = ["rss:coindesk.com", "rss:cointelegraph.com", "rss:decrypt.co", "rss:theblock.co"]
ASKED = ("alternative_me", "coinmarketcap", "rss")


def break_all(stand_in: StandIn, *names: str) -> None:
    """Let providers answer with errors."""
    for name in names or ASKED:
        stand_in.fault(name, Fault("status", status=500))


def test_sentiment_combines_both(client: FlaskClient, stand_in: StandIn) -> None:
    """Sentiment has the index with its time, a hundred headlines, and one score of both."""
    answer = sentiment(client)
    data = answer["data"]
    news = data["news"]

    assert data["fearGreed"]["timestamp"] == "2026-11-22T00:00:00Z"
    assert data["fearGreed"]["source"] == "alternative.me"
    assert "history" not in data["fearGreed"]
    assert news["total"] == news["bullish"] + news["bearish"] + news["neutral"] > 30
    expected = 0.6 * data["fearGreed"]["value"] + 0.4 * (
        50 + 50 * (news["bullish"] - news["bearish"]) / news["total"]
    )
    assert data["overall"]["score"] == round(expected)
    assert answer["meta"]["sources"] == ["alternative.me", *FEEDS]
    assert answer["meta"]["failed"] == {}
    assert stand_in.calls.count("coinmarketcap") == 0
    assert stand_in.calls.count("rss") == 4


def test_the_index_has_a_history(client: FlaskClient) -> None:
    """The index has as many days as requested, the newest first."""
    data = sentiment(client, "days=30")["data"]
    history = data["fearGreed"]["history"]

    assert len(history) == 30
    assert history[0] == {name: data["fearGreed"][name] for name in ("value", "classification", "timestamp")}
    assert [row["timestamp"] for row in history] == sorted(
        (row["timestamp"] for row in history), reverse=True
    )
    assert len(sentiment(client, "days=2")["data"]["fearGreed"]["history"]) == 2


def test_a_coin_narrows_the_news(client: FlaskClient) -> None:
    """Headlines about the requested coin count, and the index stays that of the market."""
    whole, bitcoin = sentiment(client)["data"], sentiment(client, "symbol=XBT")["data"]

    assert 0 < bitcoin["news"]["total"] < whole["news"]["total"]
    assert bitcoin["fearGreed"] == whole["fearGreed"]
    assert bitcoin["overall"]["confidence"] < whole["overall"]["confidence"]


def test_another_provider_has_an_index_too(client: FlaskClient, stand_in: StandIn) -> None:
    """The next provider is called when the first fails, and both are named."""
    stand_in.fault("alternative_me", Fault("html"))
    answer = sentiment(client, "days=30")

    assert answer["data"]["fearGreed"]["timestamp"] == "2026-11-22T16:40:30Z"
    assert len(answer["data"]["fearGreed"]["history"]) == 1
    assert answer["data"]["fearGreed"]["source"] == answer["meta"]["sources"][0] == "coinmarketcap"
    assert answer["meta"]["failed"] == {"alternative.me": "Bad data"}


@pytest.mark.parametrize("kind", ["empty", "old"])
def test_an_index_of_another_time_is_refused(client: FlaskClient, stand_in: StandIn, kind: str) -> None:
    """An index of another time, or an empty list, is refused."""
    stand_in.fault("alternative_me", Fault(kind, days=9))

    assert sentiment(client)["meta"]["failed"] == {"alternative.me": "Bad data"}


@pytest.mark.parametrize(
    ("gone", "part", "failed"),
    [
        (("rss",), "news", dict.fromkeys(FEEDS, "HTTP 500")),
        (
            ("alternative_me", "coinmarketcap"),
            "fearGreed",
            dict.fromkeys(("alternative.me", "coinmarketcap"), "HTTP 500"),
        ),
    ],
)
def test_one_part_is_enough(
    client: FlaskClient, stand_in: StandIn, gone: tuple[str, ...], part: str, failed: dict[str, str]
) -> None:
    """With one part missing, the other has its weight, and the confidence is lower."""
    break_all(stand_in, *gone)
    answer = sentiment(client)

    assert answer["data"][part] is None
    assert answer["data"]["overall"]["confidence"] <= 0.6
    assert answer["meta"]["failed"] == failed


def test_a_failed_part_is_missing_for_a_minute(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """A failed part is missing for a minute and is not fetched for each request."""
    break_all(stand_in, "alternative_me", "coinmarketcap")
    for query in ("", "days=3", "symbol=BTC", ""):
        assert sentiment(client, query)["data"]["fearGreed"] is None
    assert stand_in.calls.count("alternative_me") == stand_in.calls.count("coinmarketcap") == 1

    stand_in.heal()
    clock.advance(59)
    assert sentiment(client)["data"]["fearGreed"] is None
    clock.advance(1)
    assert sentiment(client)["data"]["fearGreed"] is not None
    assert stand_in.calls.count("rss") == 4


def test_a_provider_with_an_open_circuit_is_not_waited_for(
    client: FlaskClient, stand_in: StandIn, clock: Clock
) -> None:
    """While a provider's circuit is open, the next one serves the index, and a trial runs without a wait."""
    stand_in.fault("alternative_me", Fault("status", status=451, times=1))
    for _ in range(3):
        answer = sentiment(client)
        assert answer["meta"]["sources"][0] == "coinmarketcap"
        assert answer["meta"]["failed"] == {"alternative.me": "Region blocked"}
        clock.advance(601)
        sentiment(client)
        eventually(lambda: sentiment(client)["meta"]["stale"] is False)
    assert stand_in.calls.count("alternative_me") == 1

    clock.advance(3600)
    assert sentiment(client)["meta"]["sources"][0] == "coinmarketcap"
    market = services_of(client.application).market
    eventually(lambda: "CircuitClosed" in {event.kind for event in market.events(10)})
    assert stand_in.calls.count("alternative_me") == 2
    clock.advance(601)
    eventually(lambda: sentiment(client)["meta"]["sources"][0] == "alternative.me")


def test_without_any_part_it_is_an_error(client: FlaskClient, stand_in: StandIn) -> None:
    """Without any part the answer is 503 with every reason."""
    break_all(stand_in)
    error = failure(client, "/api/sentiment", 503)

    assert error["code"] == "PROVIDER_ERROR"
    assert error["details"] == dict.fromkeys(["alternative.me", "coinmarketcap", *FEEDS], "HTTP 500")


def test_old_sentiment_is_marked_as_stale(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """Sentiment is fresh for ten minutes, and is served as stale for a day."""
    before = sentiment(client)
    clock.advance(599)
    assert sentiment(client)["meta"]["stale"] is False
    assert stand_in.calls.count("rss") == 4

    break_all(stand_in)
    clock.advance(3600)
    after = sentiment(client)
    assert (after["meta"]["stale"], after["meta"]["ageSeconds"]) == (True, 4199)
    assert after["timestamp"] == before["timestamp"]
    assert after["data"]["news"] == before["data"]["news"]
    assert after["data"]["fearGreed"] == before["data"]["fearGreed"]


def test_an_old_index_does_not_delay_news(client: FlaskClient, stand_in: StandIn, clock: Clock) -> None:
    """An old index has its time and is marked as stale, while headlines are new."""
    before = sentiment(client, "symbol=BTC")["data"]
    break_all(stand_in, "alternative_me", "coinmarketcap")
    clock.advance(36_000)
    eventually(lambda: sentiment(client, "symbol=BTC")["data"]["news"] != before["news"])
    after = sentiment(client, "symbol=BTC")

    assert after["data"]["fearGreed"] == before["fearGreed"]
    assert (after["meta"]["stale"], after["meta"]["ageSeconds"]) == (True, 36_000)


@pytest.mark.parametrize("name", ["alternative_me", "rss"])
def test_callers_wait_for_a_limited_time(make: Make, stand_in: StandIn, name: str) -> None:
    """A provider that hangs costs less than three seconds, and is listed."""
    stand_in.fault(name, Fault("hang", path="" if name != "rss" else "decrypt"))
    least, most = PATIENCE
    hedging = {"hedge_min_seconds": least, "hedge_max_seconds": most, "sentiment_deadline_seconds": 2.5}
    seconds, answer = quickest(lambda: sentiment(make(**hedging)), 3.0)

    assert seconds < 3
    assert "Timeout" in answer["meta"]["failed"].values()
    assert None not in answer["data"].values()


def test_every_feed_that_fails_is_named(client: FlaskClient, stand_in: StandIn) -> None:
    """Every failed feed is listed with its reason, and the others count."""
    stand_in.fault("rss", Fault("laughs", path="decrypt"))
    stand_in.fault("rss", Fault("entity", path="coindesk"))
    stand_in.fault("rss", Fault("huge", size=20_000_000, path="theblock"))
    answer = sentiment(client)

    assert answer["meta"]["failed"] == dict.fromkeys(
        ("rss:decrypt.co", "rss:coindesk.com", "rss:theblock.co"), "Bad data"
    )
    assert answer["data"]["news"]["total"] > 30


def test_no_headlines_have_no_weight(client: FlaskClient, stand_in: StandIn) -> None:
    """Feeds without a story have failed, and the index decides."""
    stand_in.fault("rss", Fault("empty"))
    answer = sentiment(client)
    data = answer["data"]

    assert data["news"] is None
    assert answer["meta"]["failed"]["rss:decrypt.co"] == "Bad data"
    assert data["overall"]["score"] == data["fearGreed"]["value"]
    assert data["overall"]["confidence"] <= 0.6


def test_the_operator_sets_the_weights(make: Make) -> None:
    """With all weight on the index, news changes nothing."""
    data = sentiment(make(sentiment_weight_fear_greed=1, sentiment_weight_news=0))["data"]

    assert data["overall"]["score"] == data["fearGreed"]["value"]


def test_disabled(make: Make, stand_in: StandIn) -> None:
    """Disabled sentiment is 404 with its code, also for invalid requests, without a call."""
    client = make(enable_sentiment=False)
    for path in ("/api/sentiment", "/api/sentiment?nonsense=1"):
        assert failure(client, path, 404)["code"] == "FEATURE_DISABLED"

    assert failure(client, "/api/sentiment/analyze", 404, "POST")["code"] == "FEATURE_DISABLED"
    assert stand_in.calls.count() == 0


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("symbol=FOO", "INVALID_SYMBOL"),
        ("days=0", "INVALID_PARAMETER"),
        ("days=31", "INVALID_PARAMETER"),
        ("coin=BTC", "INVALID_PARAMETER"),
    ],
)
def test_invalid_requests(client: FlaskClient, stand_in: StandIn, query: str, code: str) -> None:
    """An invalid request is 400 without a call to a provider."""
    assert failure(client, f"/api/sentiment?{query}", 400)["code"] == code
    assert stand_in.calls.count() == 0


def test_it_has_a_quota(make: Make) -> None:
    """Both endpoints of sentiment share thirty requests per minute."""
    response = make(rate_limit_enabled=True).get("/api/sentiment")

    assert response.headers["X-RateLimit-Limit"] == "30"


def test_keys_are_never_revealed(make: Make, stand_in: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    """A key in a provider's address is in no answer, no error and no log line."""
    base = stand_in.base_urls()["CRYPTOPANIC_BASE_URL"]
    keyed = ProviderSettings(api_key="very-secret", base_url=base)
    for fault in ("hang", "reset", "html", "cut"):
        stand_in.fault("cryptopanic", Fault(fault, times=1))
        client = make(providers={"cryptopanic": keyed, **_nowhere()}, sentiment_deadline_seconds=1.0)
        with caplog.at_level("DEBUG"):
            text = client.get("/api/sentiment").text
        assert "cryptopanic" in text
        assert "very-secret" not in text + caplog.text
    assert "very-secret" in stand_in.calls.list("cryptopanic")[0].query


def _nowhere() -> dict[str, ProviderSettings]:
    return {name: ProviderSettings(base_url="http://127.0.0.1:9") for name in ASKED}


def analyze(client: FlaskClient, body: Any, status: int = 200) -> Json:
    """Return the answer for a body, which may be invalid JSON."""
    raw = body if isinstance(body, str | bytes) else None
    response = client.post("/api/sentiment/analyze", data=raw, json=None if raw is not None else body)
    assert response.status_code == status, response.text
    return held(AnalyzeAnswer if status == 200 else ErrorAnswer, response.json)


def test_a_text_is_scored(client: FlaskClient, stand_in: StandIn) -> None:
    """One text has one result, several have a list in their order, without a provider."""
    one = analyze(client, {"text": "Exchange hacked, funds stolen"})["data"]
    several = analyze(client, {"texts": ["BTC soars", "BTC", "BTC soars"]})["data"]

    assert (one["text"], one["sentiment"]) == ("Exchange hacked, funds stolen", "bearish")
    assert -1 <= one["score"] < 0 < one["confidence"] <= 1
    assert [row["sentiment"] for row in several] == ["bullish", "neutral", "bullish"]
    assert stand_in.calls.count() == 0


def test_the_content_type_does_not_matter(client: FlaskClient) -> None:
    """The body is parsed as JSON for any content type."""
    assert analyze(client, '{"text": "BTC soars"}')["data"]["sentiment"] == "bullish"


def test_the_documented_maximum_is_accepted(client: FlaskClient) -> None:
    """A hundred texts of 256 KB in all, or one of five thousand characters, are accepted."""
    rows = analyze(client, orjson.dumps({"texts": ["🚀" * 650] * 100}))["data"]
    (row,) = analyze(client, json.dumps({"texts": ["é" * 5000]}))["data"]

    assert len(rows) == 100
    assert row["text"] == "é" * 5000


@pytest.mark.parametrize(
    ("body", "member"),
    [
        ("", "body"),
        ("{", "body"),
        ("[]", "body"),
        ('"text"', "body"),
        (b"\xff", "body"),
        ('{"text": "\\ud800"}', "body"),
        ("[" * 5000, "body"),
        ({}, "text"),
        ({"text": "a", "texts": ["b"]}, "text"),
        ({"text": None}, "text"),
        ({"text": 7}, "text"),
        ({"text": ["a"]}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": "a" * 5001}, "text"),
        ({"texts": []}, "texts"),
        ({"texts": "a"}, "texts"),
        ({"texts": ["a"] * 101}, "texts"),
        ({"texts": ["a", 7, "", "b" * 5001]}, "texts"),
        ({"text": "a", "lang": "en"}, "lang"),
    ],
)
def test_invalid_bodies(client: FlaskClient, body: Any, member: str) -> None:
    """An invalid body is 400 with the reason for each member."""
    error = analyze(client, body, 400)["error"]

    assert error["code"] == "INVALID_PARAMETER"
    assert list(error["details"]) == [member]


def test_a_large_body_is_refused_unread(client: FlaskClient) -> None:
    """A body over 256 KB is refused unread."""
    error = analyze(client, b"x" * (256 * 1024 + 1), 413)["error"]

    assert error["code"] == "PAYLOAD_TOO_LARGE"
    assert error["message"] == "The body may have at most 262144 bytes"


@pytest.mark.parametrize(
    "body",
    [
        '{"texts":[' + "[]," * 80_000 + '"a"]}',
        '{"texts":[' + '"",' * 80_000 + '"a"]}',
        "{" + '"":0,' * 50_000 + '"text":"a"}',
        '{"text":' + "[" * 17 + "]" * 17 + "}",
        '{"text":' + '{"a":' * 50_000,
        "[" * 250_000,
        '"' * 250_000,
        "," * 250_000,
    ],
    ids=["lists", "texts", "members", "deep", "deep objects", "openings", "quotes", "commas"],
)
def test_a_body_of_many_parts_is_not_parsed(client: FlaskClient, body: str) -> None:
    """A body with too many values is refused before any value is built."""
    error = analyze(client, body, 400)["error"]

    assert list(error["details"]) == ["body"]
    assert "parts" in error["details"]["body"][0]


@pytest.mark.parametrize("text", ['[[[{{{,,,"', '\\"\\', "]" * 4999, '"' * 4999, "\\" * 4999, ",[" * 2499])
def test_characters_of_a_text_are_no_parts(client: FlaskClient, text: str) -> None:
    """Brackets, commas, quotes and backslashes in a text do not count."""
    assert analyze(client, {"text": text})["data"]["text"] == text


def test_a_long_name_is_not_repeated(client: FlaskClient) -> None:
    """An unknown member of 200 KB is shortened in the error."""
    error = analyze(client, {"x" * 200_000: 1}, 400)["error"]

    assert len(str(error)) < 500


def test_the_method_is_post(client: FlaskClient) -> None:
    """Methods other than POST are refused, and an unknown parameter is an error."""
    assert failure(client, "/api/sentiment/analyze", 405)["code"] == "METHOD_NOT_ALLOWED"
    assert client.post("/api/sentiment/analyze?text=a", json={"text": "a"}).status_code == 400
