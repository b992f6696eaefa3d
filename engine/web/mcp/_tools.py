"""The tools: each stands for an endpoint, whose quota and use case it has."""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import msgspec
from flask import Blueprint
from marshmallow import Schema

from engine.analysis.indicators import INDICATORS
from engine.config import Settings
from engine.web.api import catalogue, indicators, news, ohlcv, past_prices, prices, sentiment
from engine.web.mcp import _asking
from engine.web.mcp._schemas import input_schema, output_schema
from schemas import IndicatorsAnswer, NewsAnswer, OhlcvAnswer, PricesAnswer, SentimentAnswer
from schemas.mcp import (
    CandlesInput,
    FewIndicatorsField,
    IndicatorsInput,
    ListedCoinsToolAnswer,
    NewsInput,
    PastPricesInput,
    PastPricesToolAnswer,
    PricesInput,
    SentimentInput,
    SymbolsInput,
)

HIDDEN = ("format", "asOf", "fields", "sparkline")
"""Parameters of endpoints that tools lack: their answers are JSON, and short."""
ANNOTATIONS = {
    "readOnlyHint": True,
    "destructiveHint": False,
    "idempotentHint": True,
    "openWorldHint": True,
}
"""Tools read data that exchanges and other providers publish, and change nothing."""


class NamedIndicatorsInput(IndicatorsInput):
    """The indicators, with all their names."""

    indicators = FewIndicatorsField(
        required=True,
        metadata={
            "description": "Names with optional parameters, such as rsi:14, ema:200 or macd:12:26:9. "
            f"There are: {', '.join(sorted(INDICATORS))}"
        },
    )


class Tool(msgspec.Struct, frozen=True):
    """A tool: how models see it, and the view of the endpoint that it stands for.

    `ask` takes the values of the arguments, and returns what a view returns.
    """

    name: str
    title: str
    description: str
    bp: Blueprint
    view: Any
    arguments: type[Schema]
    answer: type[Schema]
    hidden: tuple[str, ...] = HIDDEN
    ask: Callable[..., Any] | None = None

    @property
    def scope(self) -> str:
        """The endpoint that counts its calls."""
        return f"{self.bp.name}.{self.view.__name__}"

    @property
    def quota(self) -> str:
        """The name of the endpoint's quota."""
        return str(self.view.quota)

    @property
    def feature(self) -> str | None:
        """The setting that has to be true, if there is one."""
        return getattr(self.view, "feature", None)

    def call(self, values: Mapping[str, Any]) -> Any:
        """Ask the use case."""
        return (self.ask or inspect.unwrap(self.view))(**values)

    @property
    def input_schema(self) -> dict[str, Any]:
        """The schema of the arguments."""
        return _input_schema(self.arguments, self.hidden)

    def described(self, *, structured: bool) -> dict[str, Any]:
        """Return the tool as a list shows it; revisions before structured content know fewer members."""
        shown = {
            "name": self.name,
            "description": self.description,
            "inputSchema": self.input_schema,
            "annotations": {"title": self.title, **ANNOTATIONS},
        }
        return shown | (
            {"title": self.title, "outputSchema": _output_schema(self.answer)} if structured else {}
        )


@cache
def _input_schema(schema: type[Schema], hidden: tuple[str, ...]) -> dict[str, Any]:
    return input_schema(schema, hidden)


@cache
def _output_schema(schema: type[Schema]) -> dict[str, Any]:
    return output_schema(schema)


TOOLS = (
    Tool(
        "get_candles",
        "Candles",
        "Get OHLCV candles of a coin or pair from the first exchange that serves them well. Times are Unix "
        "milliseconds; the last candle may still be open (meta.lastCandleClosed). `source` names the "
        "exchange, meta.gaps the missing candles, meta.ageSeconds the age.",
        ohlcv.bp,
        ohlcv.get_ohlcv,
        CandlesInput,
        OhlcvAnswer,
        ask=_asking.candles,
    ),
    Tool(
        "get_prices",
        "Current prices",
        "Get the present price of coins: the median over all providers, with each provider's quote under "
        "`sources`, a confidence from 0 to 1, changes in per cent, volume and market capitalisation in US "
        "dollars, and meta.ageSeconds. A null is an unknown figure, never zero.",
        prices.bp,
        prices.get_prices,
        PricesInput,
        PricesAnswer,
    ),
    Tool(
        "get_prices_at",
        "Prices at a past time",
        "Get the price of coins at a past minute: the median of several venues' closes of the last minute "
        "that had ended by then.",
        past_prices.bp,
        past_prices.get_prices_at,
        PastPricesInput,
        PastPricesToolAnswer,
        ask=_asking.prices_at,
    ),
    Tool(
        "get_indicators",
        "Technical indicators",
        "Get technical indicators of a coin or pair, calculated from its candles. meta.warmup says whether "
        "enough older candles exist for the values to be stable.",
        indicators.bp,
        indicators.get_indicators,
        NamedIndicatorsInput,
        IndicatorsAnswer,
        hidden=(*HIDDEN, "symbols"),
    ),
    Tool(
        "get_sentiment",
        "Market sentiment",
        "Get the Fear & Greed index, the sentiment of recent headlines, and both combined.",
        sentiment.bp,
        sentiment.get_sentiment,
        SentimentInput,
        SentimentAnswer,
    ),
    Tool(
        "get_news",
        "News",
        "Get recent news about cryptocurrencies, newest first, each story once, with its source and address.",
        news.bp,
        news.get_news,
        NewsInput,
        NewsAnswer,
    ),
    Tool(
        "search_symbols",
        "Search coins",
        "Find coins by a part of their code or name, with their ids. Other tools take the code, or @id where "
        "several coins share one.",
        catalogue.bp,
        catalogue.get_symbols,
        SymbolsInput,
        ListedCoinsToolAnswer,
        ask=_asking.coins,
    ),
)


def served(settings: Settings) -> dict[str, Tool]:
    """Return the tools that the settings allow, by name."""
    return {tool.name: tool for tool in TOOLS if tool.feature is None or getattr(settings, tool.feature)}
