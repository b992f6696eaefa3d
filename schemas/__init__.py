"""The wire format towards clients: what may be asked, and what is answered."""

from schemas._fields import CodedField, NamedPair, shorten
from schemas.error import ErrorAnswer
from schemas.health import HealthAnswer, ReadyAnswer
from schemas.market import NoQuery, ProviderRow, SymbolsAnswer
from schemas.ohlcv import OhlcvAnswer, OhlcvQuery
from schemas.prices import PricesAnswer, PricesQuery

__all__ = [
    "CodedField",
    "ErrorAnswer",
    "HealthAnswer",
    "NamedPair",
    "NoQuery",
    "OhlcvAnswer",
    "OhlcvQuery",
    "PricesAnswer",
    "PricesQuery",
    "ProviderRow",
    "ReadyAnswer",
    "SymbolsAnswer",
    "shorten",
]
