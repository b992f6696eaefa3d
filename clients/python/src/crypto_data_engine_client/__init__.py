"""A typed client of the crypto data engine.

`Client` waits for each answer, and `AsyncClient` is the same for asyncio. Both raise the errors below.
"""

from crypto_data_engine_client._answers import Answer, Candles, Indicators, Page, Rows, Times
from crypto_data_engine_client._async_client import AsyncClient
from crypto_data_engine_client._calls import Names, Series, Time
from crypto_data_engine_client._client import Client
from crypto_data_engine_client._errors import (
    AmbiguousSymbol,
    ClientError,
    EngineError,
    FeatureDisabled,
    Forbidden,
    InsufficientData,
    InternalError,
    InvalidRequest,
    InvalidSymbol,
    LimitReached,
    NotFound,
    Overloaded,
    ProvidersFailed,
    RangeTooLarge,
    RateLimited,
    RenamedSymbol,
    StorageFull,
    Unauthorized,
    Unreachable,
    UnreadableAnswer,
)
from crypto_data_engine_client._following import Message
from crypto_data_engine_client._rows import (
    Candle,
    Coin,
    KeptSeries,
    Listing,
    Market,
    Overview,
    PastPrice,
    Price,
    PriceSource,
    Sentiment,
    Story,
)
from crypto_data_engine_client._version import __version__

__all__ = [
    "AmbiguousSymbol",
    "Answer",
    "AsyncClient",
    "Candle",
    "Candles",
    "Client",
    "ClientError",
    "Coin",
    "EngineError",
    "FeatureDisabled",
    "Forbidden",
    "Indicators",
    "InsufficientData",
    "InternalError",
    "InvalidRequest",
    "InvalidSymbol",
    "KeptSeries",
    "LimitReached",
    "Listing",
    "Market",
    "Message",
    "Names",
    "NotFound",
    "Overloaded",
    "Overview",
    "Page",
    "PastPrice",
    "Price",
    "PriceSource",
    "ProvidersFailed",
    "RangeTooLarge",
    "RateLimited",
    "RenamedSymbol",
    "Rows",
    "Sentiment",
    "Series",
    "StorageFull",
    "Story",
    "Time",
    "Times",
    "Unauthorized",
    "Unreachable",
    "UnreadableAnswer",
    "__version__",
]
