"""`POST /mcp`: the messages of the Model Context Protocol, and what its tools take and give."""

from typing import Any, ClassVar

from marshmallow import INCLUDE, fields, validate

from schemas._body import Body
from schemas._fields import IntegerField, SymbolField
from schemas._schema import Schema
from schemas.catalogue import CatalogueMeta, ListedCoinsAnswer, SymbolsQuery
from schemas.indicators import IndicatorsField, IndicatorsQuery
from schemas.news import NewsQuery
from schemas.ohlcv import OhlcvQuery
from schemas.past_prices import FewSymbolsField, PastPricesAnswer, PastPricesMeta, PastPricesQuery
from schemas.prices import PricesQuery
from schemas.sentiment import SentimentQuery


class McpBody(Body):
    """A message as JSON-RPC 2.0 has it. Revisions before 2025-06-18 allow a list of them."""

    class Meta:
        """A message may have members that this server does not know."""

        unknown = INCLUDE

    largest: ClassVar = 64 * 1024
    example: ClassVar = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "get_sentiment", "arguments": {"days": 2}},
    }

    jsonrpc = fields.String(required=True, validate=validate.Equal("2.0"))
    id = fields.Raw(
        metadata={
            "description": "A text or an integer; a notification has none",
            "oneOf": [{"type": "string"}, {"type": "integer", "minimum": -(2**63), "maximum": 2**64 - 1}],
        }
    )
    method = fields.String(required=True)
    params = fields.Dict(fields.String(), fields.Raw(allow_none=True))


RESPONSE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "jsonrpc": {"type": "string", "enum": ["2.0"]},
        "id": {"description": "That of the request", "nullable": True},
        "result": {"type": "object"},
        "error": {"type": "object"},
    },
    "required": ["jsonrpc", "id"],
}
MCP_ANSWER: dict[str, Any] = {
    "description": "The response, with `result` or `error`; a list of messages gets a list",
    "oneOf": [RESPONSE, {"type": "array", "items": RESPONSE}],
    "x-without-body": [202],
}
"""The answer as an OpenAPI schema; notifications get 202 and no body."""


class McpError(Schema):
    """What is wrong: a code of JSON-RPC or MCP, or the HTTP status; `data` may have the usual error."""

    code = fields.Integer(required=True)
    message = fields.String(required=True)
    data = fields.Dict(fields.String(), fields.Raw(allow_none=True))


class McpFailure(Schema):
    """A failure of a whole request."""

    jsonrpc = fields.String(required=True)
    id = fields.Raw(required=True, allow_none=True)
    error = fields.Nested(McpError, required=True)


class CandlesInput(OhlcvQuery):
    """The candles that a tool is asked for: few by default, since an agent reads all of them."""

    limit = IntegerField(
        load_default=50,
        validate=validate.Range(1, 200),
        metadata={"description": "Number of candles, the newest ones unless startTime is given"},
    )


class PricesInput(PricesQuery):
    """The coins that a tool is asked the price of."""

    symbols = FewSymbolsField(
        required=True,
        metadata={"description": "Codes of coins, such as BTC; a pair names its base"},
    )


class PastPricesInput(PastPricesQuery):
    """The coins and the time that a tool is asked for."""

    symbols = FewSymbolsField(required=True, metadata={"description": "Codes of coins, such as BTC"})


class IndicatorsInput(IndicatorsQuery):
    """The indicators of one pair that a tool is asked for."""

    symbol = SymbolField(required=True, metadata={"description": "A coin or pair"})
    limit = IntegerField(
        load_default=10,
        validate=validate.Range(1, 200),
        metadata={"description": "Number of the newest candles with their values"},
    )


class FewIndicatorsField(IndicatorsField):
    """Ten indicators at most, which count as one request."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.maximum = 10
        self.documented = {
            "type": "array",
            "items": {"type": "string"},
            "minItems": 1,
            "maxItems": self.maximum,
        }


class SentimentInput(SentimentQuery):
    """The sentiment that a tool is asked for."""


class NewsInput(NewsQuery):
    """The stories that a tool is asked for."""

    symbols = FewSymbolsField(
        load_default=None, metadata={"description": "Only stories about these coins, by their codes"}
    )
    limit = IntegerField(
        load_default=10,
        validate=validate.Range(1, 30),
        metadata={"description": "Maximum number of stories"},
    )


class SymbolsInput(SymbolsQuery):
    """The coins that a tool searches."""

    limit = IntegerField(
        load_default=20,
        validate=validate.Range(1, 100),
        metadata={"description": "Maximum number of coins"},
    )


class PastPricesToolMeta(PastPricesMeta):
    """The same with the venues behind the prices, and the seconds since the minute ended."""

    sources = fields.List(fields.String(), required=True)
    ageSeconds = fields.Float(required=True)


class PastPricesToolAnswer(PastPricesAnswer):
    """Prices at a past minute, as a tool gives them."""

    meta = fields.Nested(PastPricesToolMeta, required=True)


class ListedCoinsToolMeta(CatalogueMeta):
    """The same with the exchanges behind the rows, and the seconds since the oldest listing."""

    sources = fields.List(fields.String(), required=True)
    ageSeconds = fields.Float(required=True, allow_none=True)


class ListedCoinsToolAnswer(ListedCoinsAnswer):
    """Coins, as a tool gives them."""

    meta = fields.Nested(ListedCoinsToolMeta, required=True)
