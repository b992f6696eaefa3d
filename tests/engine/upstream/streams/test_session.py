"""One connection to a venue says what is wanted, no faster than the venue takes it."""

import json
from typing import Any

import pytest

from engine.upstream.streams.session import Session
from providers import Http, LastTrade, StreamSource, discover

NOW = 1_790_274_180_000
SOURCES = {kind.name: kind for kind in discover() if issubclass(kind, StreamSource)}


def session(venue: str) -> Session:
    """Return a new connection to a venue."""
    source: Any = SOURCES[venue](Http(), clock=lambda: NOW / 1000)
    return Session(source, NOW)


def said(one: Session, now: int = NOW) -> list[Any]:
    """Return what is to be sent now, as JSON."""
    return [json.loads(text) for text in one.texts(now)]


def test_only_what_is_not_asked_for_yet_is_asked_for() -> None:
    """Only new topics are requested, and topics that are no longer wanted are unsubscribed."""
    one = session("bybit")
    one.want(["tickers.BTCUSDT", "tickers.ETHUSDT"], NOW)
    assert [text["args"] for text in said(one)] == [["tickers.BTCUSDT", "tickers.ETHUSDT"]]
    one.want(["tickers.ETHUSDT", "tickers.SOLUSDT"], NOW)

    assert [(text["op"], text["args"]) for text in said(one)] == [
        ("subscribe", ["tickers.SOLUSDT"]),
        ("unsubscribe", ["tickers.BTCUSDT"]),
    ]


def test_one_bad_topic_costs_no_other() -> None:
    """If a venue such as Bybit refuses a request, its topics are requested one by one."""
    one = session("bybit")
    one.want(["tickers.BTCUSDT", "tickers.BAD"], NOW)
    (request,) = said(one)
    one.received(json.dumps({"success": False, "ret_msg": "bad", "req_id": request["req_id"]}), NOW)
    again = said(one)
    assert [text["args"] for text in again] == [["tickers.BTCUSDT"], ["tickers.BAD"]]
    one.received(json.dumps({"success": True, "op": "subscribe", "req_id": again[0]["req_id"]}), NOW)
    one.received(json.dumps({"success": False, "ret_msg": "bad", "req_id": again[1]["req_id"]}), NOW)

    assert one.refused == {"tickers.BAD": "bad"}
    assert said(one) == []
    one.want(["tickers.BTCUSDT", "tickers.BAD"], NOW)
    assert said(one) == []


def test_a_refusal_that_names_its_topic_ends_that_one() -> None:
    """A refusal that names its topic, as OKX sends it, drops that topic alone."""
    one = session("okx")
    one.want(["tickers BTC-USDT", "tickers BAD-USDT"], NOW)
    said(one)
    arg = {"channel": "tickers", "instId": "BAD-USDT"}
    one.received(json.dumps({"event": "error", "code": "60018", "msg": "no", "arg": arg}), NOW)

    assert one.refused == {"tickers BAD-USDT": "60018: no"}
    assert said(one) == []


def test_nothing_is_asked_for_before_the_welcome() -> None:
    """No topic is requested before the welcome, because a venue such as KuCoin ignores such requests."""
    one = session("kucoin")
    one.want(["/market/ticker:BTC-USDT"], NOW)
    assert said(one) == []
    one.received('{"id": "x", "type": "welcome"}', NOW)

    assert [text["topic"] for text in said(one)] == ["/market/ticker:BTC-USDT"]


def test_messages_are_no_faster_than_the_venue_takes_them() -> None:
    """Messages stay within the venue's rate limit: Binance bans addresses that exceed it."""
    one = session("binance")
    one.want([f"coin{place}@trade" for place in range(1_000)], NOW)
    for place in range(1, 4):
        one.want([f"coin{place}@trade"], NOW)
    first, second = said(one), said(one, NOW + 999)

    assert len(first) == 5
    assert second == []
    assert len(said(one, NOW + 1_000)) == 5


def test_requests_that_wait_for_their_turn_are_not_unanswered() -> None:
    """Requests that wait for the rate limit are not unanswered, such as hundreds at Gate."""
    one = session("gate")
    one.want([f"1m_COIN{place}_USDT" for place in range(300)], NOW)
    for second in range(10):
        for request in said(one, NOW + second * 1_000):
            good = {"channel": "spot.candlesticks", "event": "subscribe", "payload": request["payload"]}
            one.received(json.dumps(good), NOW + second * 1_000)

    assert one.fault(NOW + 10_000) is None
    assert len(said(one, NOW + 10_000)) == 10
    one.alive(NOW + 20_000)
    assert one.fault(NOW + 20_000) == "unanswered"


def test_what_keeps_a_connection_alive_waits_for_nothing() -> None:
    """A ping never waits behind requests, because OKX closes connections without one."""
    one = session("okx")
    for number in range(500):
        one.want([f"tickers COIN{number}-USDT"], NOW)
    assert len([*one.texts(NOW)]) == 480

    assert [*one.texts(NOW + 20_000)] == ["ping"]


def test_a_refused_end_of_a_topic_costs_no_other() -> None:
    """A refused request to unsubscribe leaves the waiting requests unchanged."""
    one = session("bybit")
    one.want(["tickers.OLD"], NOW)
    (old,) = said(one)
    one.received(json.dumps({"success": True, "op": "subscribe", "req_id": old["req_id"]}), NOW)
    one.want(["tickers.NEW"], NOW)
    _, end = said(one)
    one.received(json.dumps({"success": False, "ret_msg": "no", "req_id": end["req_id"]}), NOW)

    assert one.refused == {}


def test_a_connection_is_kept_alive() -> None:
    """Pings are sent in time, because venues such as Gate close silent connections."""
    one = session("gate")

    assert said(one, NOW + 14_999) == []
    assert [text["channel"] for text in said(one, NOW + 15_000)] == ["spot.ping"]
    assert said(one, NOW + 15_001) == []


@pytest.mark.parametrize(("venue", "seconds"), [("kraken", 5), ("binance", 25), ("coinbase", 5)])
def test_a_connection_without_frames_is_dead(venue: str, seconds: int) -> None:
    """A connection without any frame is silent, and a frame without data keeps it alive."""
    one = session(venue)
    assert one.fault(NOW + seconds * 1_000 - 1) is None
    assert one.fault(NOW + seconds * 1_000) == "silent"
    one.alive(NOW + seconds * 1_000)

    assert one.fault(NOW + seconds * 1_000) is None


def test_a_planned_end_calls_for_another_connection() -> None:
    """A connection is replaced when the venue announces its end, or at the end of its lifetime."""
    one, old = session("okx"), session("binance")
    one.received('{"event": "notice", "code": "64008"}', NOW)
    old.alive(NOW + 86_100_000)

    assert one.fault(NOW) == "ending"
    assert old.fault(NOW + 86_099_999) is None
    assert old.fault(NOW + 86_100_000) == "ending"


def test_a_request_that_is_never_answered_is_a_fault() -> None:
    """An unanswered request is a fault, because the connection may be open in one direction only."""
    one = session("kraken")
    one.want(["ticker BTC/USD"], NOW)
    said(one)
    one.alive(NOW + 10_000)

    assert one.fault(NOW + 10_000) == "unanswered"
    answer = {"method": "subscribe", "success": True, "result": {"channel": "ticker", "symbol": "BTC/USD"}}
    one.received(json.dumps(answer), NOW + 10_000)
    assert one.fault(NOW + 10_000) is None


def test_a_heartbeat_of_trades_that_another_connection_brings_says_nothing() -> None:
    """A heartbeat counts only for topics of its connection, because it may precede another one's trade."""
    beat = json.dumps({"type": "heartbeat", "last_trade_id": 7, "product_id": "BTC-USD"})
    prices, trades = session("coinbase"), session("coinbase")
    prices.want(["ticker BTC-USD"], NOW)
    trades.want(["matches BTC-USD"], NOW)

    assert prices.received(beat, NOW) == []
    assert trades.received(beat, NOW) == [LastTrade("matches BTC-USD", 7, None)]
