"""The rows of answers, as the engine spells their members. `None` is a figure that no provider gave."""

from typing import Any, Literal, NotRequired, TypedDict


class Candle(TypedDict):
    """A candle; `timestamp` is its open time in Unix milliseconds."""

    timestamp: int
    open: float
    high: float
    low: float
    close: float
    volume: float | None
    quoteVolume: NotRequired[float | None]
    trades: NotRequired[int | None]


class PriceSource(TypedDict):
    """One provider's quote; `deviation` is its distance from the median, as a fraction."""

    provider: str
    price: float
    deviation: float
    outlier: bool
    suspect: bool


class Price(TypedDict):
    """The price of a coin with its changes in per cent, and the quotes that it rests on."""

    symbol: str
    name: str
    price: float | None
    priceUsd: float | None
    change1h: float | None
    change24h: float | None
    change7d: float | None
    volume24h: float | None
    marketCap: float | None
    rank: int | None
    lastUpdate: str
    confidence: float
    verified: bool
    disputed: NotRequired[bool]
    derived: NotRequired[bool]
    via: NotRequired[list[str]]
    thin: NotRequired[bool]
    sparkline: NotRequired[list[float] | None]
    sources: list[PriceSource]


class PastPrice(TypedDict):
    """The price of a coin at a past minute."""

    symbol: str
    name: str
    price: float | None
    priceUsd: float | None
    confidence: float
    verified: bool
    disputed: NotRequired[bool]
    sources: list[PriceSource]


class Sentiment(TypedDict):
    """The three parts of sentiment; one without a source is `None`."""

    fearGreed: dict[str, Any] | None
    news: dict[str, Any] | None
    overall: dict[str, Any] | None


class Story(TypedDict):
    """A story of the news."""

    title: str
    url: str
    source: str
    publishedAt: str
    symbols: list[str]
    sentiment: Literal["bullish", "bearish", "neutral"]


class Listing(TypedDict):
    """A coin in a list of gainers, losers or trending coins."""

    symbol: str
    name: str
    price: float | None
    change24h: float | None
    volume24h: float | None
    marketCap: float | None
    rank: int | None


class Overview(TypedDict):
    """The whole market, in US dollars and per cent."""

    totalMarketCap: float | None
    totalVolume24h: float | None
    btcDominance: float | None
    ethDominance: float | None
    activeCoins: int | None
    marketCapChange24h: float | None
    topGainers: list[Listing] | None
    topLosers: list[Listing] | None
    trending: list[Listing] | None


class Coin(TypedDict):
    """A coin of the catalogue; `venues` counts the exchanges that trade it."""

    id: str
    symbol: str
    name: str
    rank: int | None
    kind: Literal["coin", "stable", "fiat", "wrapped", "leveraged", "stock"]
    state: Literal["pinned", "proved", "tentative"]
    aliases: list[str]
    former: list[str]
    venues: int


class Market(TypedDict):
    """A market of an exchange; `native` is the exchange's own name of it."""

    symbol: str
    base: str
    quote: str
    venue: str
    native: str
    since: str | None
    tickSize: float | None
    stepSize: float | None
    volume24hUsd: float | None
    state: Literal["pinned", "proved", "tentative", "refused", "ended"]


class KeptSeries(TypedDict):
    """A series of the engine's archive; `first` and `last` are open times in Unix milliseconds."""

    symbol: str
    interval: str
    first: int
    last: int
    candles: int
    bytes: int
    gaps: int
    providers: list[str]
