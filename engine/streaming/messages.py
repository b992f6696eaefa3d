"""The messages about series, as JSON objects. Times are Unix milliseconds. Pure."""

from collections.abc import Mapping

from engine.market.candles.slices import row_of
from engine.upstream.streams.changes import Closed, Corrected, Forming, Missing, SourceChanged, Stale

Body = dict[str, object]


def candle(change: Forming | Closed, quote: str, label: str, now: int) -> Body:
    """Return the message about a candle that forms or has closed. `label` names its venue."""
    sent = change.sent if isinstance(change, Forming) else None
    return {
        "type": "candle",
        "data": row_of(change.candle),
        "closed": isinstance(change, Closed),
        "revision": 0,
        "quote": quote,
        "source": label,
        "sourceTime": sent,
        "receivedAt": now,
        "meta": {"quoteVolume": change.candle.quote_volume, "trades": change.candle.trades},
    }


def correction(change: Corrected, quote: str, label: str, now: int) -> Body:
    """Return the message about a closed candle that its venue has changed."""
    return {
        "type": "correction",
        "data": row_of(change.candle),
        "previous": row_of(change.previous),
        "closed": True,
        "revision": change.revision,
        "quote": quote,
        "source": label,
        "sourceTime": None,
        "receivedAt": now,
    }


def source(change: SourceChanged, quote: str, before: str, after: str) -> Body:
    """Return the message about a change of the venue that serves a series."""
    return {"type": "source", "from": before, "to": after, "reason": change.reason, "quote": quote}


def gap(change: Missing) -> Body:
    """Return the message about candles that do not exist."""
    return {"type": "gap", "from": change.first, "to": change.last, "reason": change.reason}


def stale(change: Stale) -> Body:
    """Return the message about a series that neither a stream nor a request confirms."""
    return {"type": "stale", "ageSeconds": round(change.seconds, 1)}


def price(row: Mapping[str, object], source_time: int | None, now: int) -> Body:
    """Return the message about the consensus on a coin's price."""
    return {"type": "price", "data": row, "sourceTime": source_time, "receivedAt": now}


def status(event: str, data: Mapping[str, object]) -> Body:
    """Return the message about an event of the engine."""
    return {"type": "status", "event": event, "data": dict(data)}
