"""What the engine says about the channels of a stream. Times are Unix milliseconds."""

from marshmallow import INCLUDE, fields, validate

from schemas._schema import Schema
from schemas._stream_fields import cursor_field, time_field, word
from schemas.news import StoryRow
from schemas.ohlcv import CandleRow
from schemas.prices import PriceRow
from schemas.sentiment import SentimentData
from schemas.streaming import CHANNELS


class OfChannel(Schema):
    """A message about a channel."""

    cursor = cursor_field()
    channel = fields.String(required=True, metadata={"example": CHANNELS})


class PriceMessage(OfChannel):
    """The consensus on a coin's price."""

    type = word("price")
    data = fields.Nested(PriceRow, required=True)
    sourceTime = time_field("The oldest quote's time", known=False)
    receivedAt = time_field("When the engine had it")


class _Candle(OfChannel):
    data = fields.Nested(CandleRow, required=True)
    closed = fields.Boolean(required=True)
    revision = fields.Integer(required=True, validate=validate.Range(0))
    quote = fields.String(required=True, metadata={"example": "USDT"})
    source = fields.String(required=True, metadata={"example": "binance"})
    sourceTime = time_field("The exchange's time", known=False)
    receivedAt = time_field("When the engine had it")


class CandleFigures(Schema):
    """What the exchange says of a candle beyond its row: the volume in the quote, and how many trades."""

    quoteVolume = fields.Float(required=True, allow_none=True)
    trades = fields.Integer(required=True, allow_none=True)


class CandleMessage(_Candle):
    """A candle that forms, or that has closed."""

    type = word("candle")
    meta = fields.Nested(CandleFigures, required=True)


class CorrectionMessage(_Candle):
    """A closed candle that its exchange has changed. `previous` is the row before."""

    type = word("correction")
    previous = fields.Nested(CandleRow, required=True)


class SourceMessage(OfChannel):
    """Another provider serves from here on."""

    type = word("source")
    from_ = fields.String(required=True, data_key="from")
    to = fields.String(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(("silent", "disconnected", "recovered")))
    quote = fields.String(required=True)


class GapMessage(OfChannel):
    """No candle exists from one open time to another, both included."""

    type = word("gap")
    from_ = fields.Integer(required=True, data_key="from")
    to = fields.Integer(required=True)
    reason = fields.String(required=True)


class StaleMessage(OfChannel):
    """Nothing has confirmed the series for some time."""

    type = word("stale")
    ageSeconds = fields.Float(required=True)


class IndicatorMessage(OfChannel):
    """The values of an indicator at the newest closed candle: a row of `/api/indicators`."""

    type = word("indicator")
    data = fields.Dict(fields.String(), fields.Raw(allow_none=True), required=True)
    closed = fields.Boolean(required=True)
    quote = fields.String(required=True)
    source = fields.String(required=True)
    receivedAt = time_field("When the engine had it")


class NewsMessage(OfChannel):
    """The newest stories."""

    type = word("news")
    data = fields.List(fields.Nested(StoryRow), required=True)
    sources = fields.List(fields.String(), required=True)


class SentimentMessage(OfChannel):
    """The sentiment of the market."""

    type = word("sentiment")
    data = fields.Nested(SentimentData, required=True)
    sources = fields.List(fields.String(), required=True)


class StatusMessage(Schema):
    """An event of the engine. What concerns one stream alone, as its end, has no cursor and no channel."""

    type = word("status")
    event = fields.String(required=True)
    data = fields.Dict(fields.String(), fields.Raw(allow_none=True), required=True)
    cursor = fields.String()
    channel = fields.String()


class SnapshotMessage(OfChannel):
    """The newest state of a channel after a reset: a message of the type `of`, with its other members."""

    class Meta:
        """The members of the message are there, too."""

        unknown = INCLUDE

    type = word("snapshot")
    of = fields.String(required=True)


OF_CHANNELS: dict[str, tuple[type[Schema], ...]] = {
    "prices": (PriceMessage, SnapshotMessage),
    "candles": (
        CandleMessage,
        CorrectionMessage,
        SourceMessage,
        GapMessage,
        StaleMessage,
        SnapshotMessage,
    ),
    "indicators": (IndicatorMessage, SnapshotMessage),
    "news": (NewsMessage, SnapshotMessage),
    "sentiment": (SentimentMessage, SnapshotMessage),
    "status": (StatusMessage,),
}
"""The messages about each kind of channel."""
