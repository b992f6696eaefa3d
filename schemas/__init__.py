"""The wire format of clients: requests and responses."""

from schemas._body import Body
from schemas._fields import CodedField, SymbolField, SymbolsField, shorten
from schemas._pairs import RequestedPair
from schemas.account import AccountAnswer
from schemas.alert_rules import (
    DeliveriesAnswer,
    DeliveriesQuery,
    NewRuleAnswer,
    RuleAnswer,
    RuleBody,
    RuleChange,
    RuleQuery,
    RulesAnswer,
    RuleTestAnswer,
    SecretAnswer,
)
from schemas.catalogue import (
    IndexAnswer,
    ListedCoinsAnswer,
    MarketsAnswer,
    MarketsQuery,
    SymbolsQuery,
)
from schemas.error import ErrorAnswer, ProblemAnswer
from schemas.health import HealthAnswer, ReadyAnswer
from schemas.history import ExportQuery, HistoryAnswer, JobAnswer, JobBody, JobQuery
from schemas.indicators import (
    IndicatorListAnswer,
    IndicatorsAnswer,
    IndicatorsBatchAnswer,
    IndicatorsField,
    IndicatorsQuery,
)
from schemas.market import NoQuery, ProviderRow, SymbolsAnswer, TableQuery
from schemas.news import NewsAnswer, NewsQuery
from schemas.ohlcv import OhlcvAnswer, OhlcvBatchAnswer, OhlcvBatchQuery, OhlcvQuery
from schemas.overview import OverviewAnswer
from schemas.past_prices import PastPricesAnswer, PastPricesQuery
from schemas.prices import PriceQuery, PricesAnswer, PricesQuery
from schemas.sentiment import AnalyzeAnswer, AnalyzeBody, SentimentAnswer, SentimentQuery

__all__ = [
    "AccountAnswer",
    "AnalyzeAnswer",
    "AnalyzeBody",
    "Body",
    "CodedField",
    "DeliveriesAnswer",
    "DeliveriesQuery",
    "ErrorAnswer",
    "ExportQuery",
    "HealthAnswer",
    "HistoryAnswer",
    "IndexAnswer",
    "IndicatorListAnswer",
    "IndicatorsAnswer",
    "IndicatorsBatchAnswer",
    "IndicatorsField",
    "IndicatorsQuery",
    "JobAnswer",
    "JobBody",
    "JobQuery",
    "ListedCoinsAnswer",
    "MarketsAnswer",
    "MarketsQuery",
    "NewRuleAnswer",
    "NewsAnswer",
    "NewsQuery",
    "NoQuery",
    "OhlcvAnswer",
    "OhlcvBatchAnswer",
    "OhlcvBatchQuery",
    "OhlcvQuery",
    "OverviewAnswer",
    "PastPricesAnswer",
    "PastPricesQuery",
    "PriceQuery",
    "PricesAnswer",
    "PricesQuery",
    "ProblemAnswer",
    "ProviderRow",
    "ReadyAnswer",
    "RequestedPair",
    "RuleAnswer",
    "RuleBody",
    "RuleChange",
    "RuleQuery",
    "RuleTestAnswer",
    "RulesAnswer",
    "SecretAnswer",
    "SentimentAnswer",
    "SentimentQuery",
    "SymbolField",
    "SymbolsAnswer",
    "SymbolsField",
    "SymbolsQuery",
    "TableQuery",
    "shorten",
]
