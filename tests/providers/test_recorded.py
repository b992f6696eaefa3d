"""Recorded responses of real providers, or those of their documentation.

They are outside of the checkout. Without them, these tests are skipped.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import responses
from msgspec.structs import replace

from providers import (
    INTERVALS,
    TETHER,
    Blocked,
    Candle,
    CandleSource,
    FearGreed,
    Headline,
    Http,
    Listing,
    Overview,
    Provider,
    ProviderError,
    Quote,
    QuoteSource,
    RateLimited,
    Unauthorized,
    Unavailable,
    Unsupported,
    Votes,
    Window,
    discover,
)
from tests.providers.payloads import BTC, ETH, PAIR
from tests.recorded import FOLDER, body_of

if not FOLDER.is_dir():
    pytest.skip("no recordings beside the checkout", allow_module_level=True)

BY_NAME = {provider.name: provider for provider in discover()}
FOLDER_NAMES = {"coinbase": "coinbase_exchange"}
OTHER_VOLUMES = {
    ("okx", "candles_BTC-USDT-SWAP_1m"),
    ("okx", "history_candles_docs"),
    ("bybit", "kline_inverse_BTCUSD_60_docs"),
    ("cryptocompare", "histominute_limit10"),
}
"""Recordings whose volumes count contracts, or whose prices are an average over exchanges."""
DECEMBER_2026 = 1_796_000_000.0

CANDLES = {
    ("binance", "klines_BTCUSDT_1d_2019_endTime_1s_before_midnight", "1d"): (
        365,
        Candle(1546300800000, 3701.23, 3810.16, 3642.0, 3797.14, 23741.687033),
        Candle(1577750400000, 7246.0, 7320.0, 7145.01, 7195.23, 25954.453533),
    ),
    ("binance", "klines_BTCUSDT_1m_start_eq_end", "1m"): (
        1,
        Candle(1588636800000, 8871.92, 8888.0, 8871.92, 8887.62, 47.66737),
        Candle(1588636800000, 8871.92, 8888.0, 8871.92, 8887.62, 47.66737),
    ),
    ("binance", "klines_BTCUSDT_5m_limit24", "5m"): (
        24,
        Candle(1586987400000, 6733.55, 6737.79, 6726.61, 6727.14, 121.201391),
        Candle(1586994300000, 6624.74, 6628.89, 6622.38, 6625.84, 50.705591),
    ),
    ("binance", "klines_BTCUSDT_5m_start_limit24", "5m"): (
        24,
        Candle(1577836800000, 7195.24, 7196.25, 7178.64, 7179.78, 95.509133),
        Candle(1577843700000, 7209.75, 7216.41, 7207.39, 7216.27, 38.26293),
    ),
    ("binance", "klines_ETHBTC_1d", "1d"): (
        6,
        Candle(1672531200000, 0.072299, 0.0725, 0.07211, 0.072238, 29425.9298),
        Candle(1672963200000, 0.074336, 0.075429, 0.074079, 0.074875, 63487.1825),
    ),
    ("binance", "us_klines_BTCUSDT_1h_limit1", "1h"): (
        1,
        Candle(1710327600000, 73249.24, 73394.3, 73234.62, 73347.62, 0.23592),
        Candle(1710327600000, 73249.24, 73394.3, 73234.62, 73347.62, 0.23592),
    ),
    ("bybit", "kline_inverse_BTCUSD_60_docs", "1h"): (
        3,
        Candle(1670601600000, 17086.5, 17088.0, 16978.0, 17071.5, 6356.0),
        Candle(1670608800000, 17071.0, 17073.0, 17027.0, 17055.5, 268611.0),
    ),
    ("okx", "candles_BTC-USDT-SWAP_1m", "1m"): (
        2,
        Candle(1747093980000, 102806.0, 102820.5, 102783.1, 102806.1, 7164.04),
        Candle(1747094040000, 102806.1, 102820.4, 102806.1, 102820.4, 1040.37),
    ),
    ("okx", "history_candles_docs", "1m"): (
        2,
        Candle(1597026383085, 3.731, 3.799, 3.494, 3.72, 24912403.0),
        Candle(1597026383085, 3.721, 3.743, 3.677, 3.708, 8422410.0),
    ),
    ("coinbase", "candles_BTC-USDT_3600_limit1", "1h"): (
        1,
        Candle(1710327600000, 73243.33, 73402.47, 73241.5, 73370.65, 1.56794406),
        Candle(1710327600000, 73243.33, 73402.47, 73241.5, 73370.65, 1.56794406),
    ),
    ("kucoin", "candles_BTC-USDT_1min", "1m"): (
        3,
        Candle(1566789600000, 10408.6, 10416.0, 10405.4, 10416.0, 12.45584973),
        Candle(1566789720000, 10411.5, 10411.5, 10396.3, 10401.9, 29.11357276),
    ),
    ("gate", "candlesticks_BTC_USDT_1h", "1h"): (
        4,
        Candle(1685167200000, 26728.1, 26736.1, 26718.4, 26718.4, 4.856410775),
        Candle(1685178000000, 26723.1, 26723.1, 26710.1, 26723.1, 4.5305391649),
    ),
    ("gate", "candlesticks_docs", "1m"): (
        1,
        Candle(1717246800000, 67715.1, 67839.9, 67715.0, 67772.5, 17.0779),
        Candle(1717246800000, 67715.1, 67839.9, 67715.0, 67772.5, 17.0779),
    ),
    ("bitstamp", "ohlc_btcusd_end_1577836799_limit_1000_start_1546300800_step_60", "1m"): (
        60,
        Candle(1577776800000, 7222.32, 7222.32, 7222.32, 7222.32, 0.00762049),
        Candle(1577780340000, 7214.37, 7218.43, 7214.24, 7214.24, 0.02989242),
    ),
    ("bitstamp", "ohlc_btcusd_end_1577836799_limit_1000_start_1546300800_step_86400", "1d"): (
        60,
        Candle(1491523200000, 1190.72, 1202.0, 1176.0, 1190.66, 5450.27271426),
        Candle(1496620800000, 2530.27, 2699.35, 2525.28, 2698.0, 12221.444806),
    ),
    ("bitstamp", "ohlc_btcusd_end_1577836799_limit_10_start_1546300800_step_60", "1m"): (
        10,
        Candle(1577836200000, 7164.21, 7170.66, 7164.21, 7170.66, 0.0854909),
        Candle(1577836740000, 7167.3, 7171.22, 7167.3, 7168.36, 0.19144775),
    ),
    ("bitstamp", "ohlc_btcusdt_3600_limit1", "1h"): (
        1,
        Candle(1710327600000, 73241.0, 73293.0, 73240.0, 73285.0, 0.01076655),
        Candle(1710327600000, 73241.0, 73293.0, 73240.0, 73285.0, 0.01076655),
    ),
    ("coingecko", "oas_ohlc", "4h"): (
        2,
        Candle(1779199200000 - 14_400_000, 76769.0, 76889.0, 76744.0, 76818.0, None),
        Candle(1779201000000 - 14_400_000, 76712.0, 76712.0, 76321.0, 76422.0, None),
    ),
    ("cryptocompare", "histoday_limit10", "1d"): (
        10,
        Candle(1501718400000, 2720.53, 2822.88, 2717.62, 2809.99, 68102.9),
        None,
    ),
    ("cryptocompare", "histohour_limit1", "1h"): (
        1,
        Candle(1502578800000, 3841.7, 3884.39, 3826.86, 3871.62, 4262.14),
        None,
    ),
    ("cryptocompare", "histominute_limit1", "1m"): (
        1,
        Candle(1502516280000, 3699.45, 3702.17, 3698.53, 3702.07, 36.38),
        None,
    ),
    ("cryptocompare", "histominute_limit10", "1m"): (
        10,
        Candle(1502515740000, 3702.79, 3707.58, 3702.68, 3707.03, 49.96),
        None,
    ),
}
"""The expected number of candles, with the first and the last one."""

CMC = 1643498760000
QUOTES: dict[tuple[str, str], list[Quote]] = {
    ("binance", "ticker24hr_BTCUSDT"): [Quote(BTC, 6705.82, "USDT", 1586991278494, change_24h=-2.427)],
    ("binance", "us_ticker24hr_BTCUSDT"): [Quote(BTC, 73346.14, "USDT", 1710328244727, change_24h=1.644)],
    ("binance", "ticker24hr_ETHBTC"): [],
    ("binance", "ticker24hr_all_with_weight_headers_2019"): [
        Quote(BTC, 9912.33, "USDT", 1566445106532, change_24h=-4.322),
        Quote(ETH, 184.8, "USDT", 1566445106350, change_24h=-3.479),
    ],
    ("kraken", "ticker_all_assetVersion1_trimmed"): [
        Quote(ETH, 1926.82, "USD"),
        Quote(TETHER, 0.99937, "USD"),
        Quote(BTC, 65670.3, "USD"),
        Quote(ETH, 1928.23, "USDT"),
        Quote(TETHER, 0.8759, "EUR"),
        Quote(BTC, 65718.0, "USDT"),
    ],
    ("bybit", "tickers_spot_BTCUSDT_docs"): [
        Quote(BTC, 20533.13, "USDT", 1673859087947, change_24h=0.68),
        Quote(BTC, 20784.12009279, "USD", 1673859087947),
    ],
    ("okx", "tickers_SPOT"): [],
    ("kucoin", "allTickers_trimmed"): [Quote(BTC, 67193.0, "USDT", 1729173207043, change_24h=-0.14)],
    ("gate", "tickers_BTC_USDT"): [Quote(BTC, 26028.7, "USDT", change_24h=1.1)],
    ("gate", "tickers_docs"): [],
    ("bitstamp", "ticker_btcusdt_2024"): [Quote(BTC, 73285.0, "USD", 1710328241000, change_24h=1.58)],
    ("bitstamp", "ticker_btcusd_gct"): [Quote(BTC, 2211.0, "USD", 1643640186000, change_24h=13.57)],
    ("bitstamp", "ticker_btcusd_2017"): [Quote(BTC, 4402.16, "USD", 1507003445000)],
    ("coinlore", "tickers_limit50_2026"): [
        Quote(BTC, 77146.66, "USD", 1788363842000, -0.08, -0.98, -2.38, 26551212429.49, 1540684444015.4, 1)
    ],
    ("coincap", "v3_asset_bitcoin_2025-08-11"): [
        Quote(
            BTC,
            119753.3173109070855685,
            "USD",
            1754937925536,
            change_24h=1.0278288570549161,
            volume_24h=26076222906.8617342709921743,
            market_cap=2383681877354.6630183733449790,
            rank=1,
        )
    ],
    ("coinmarketcap", "listings_latest_trimmed_2022"): [
        Quote(
            BTC,
            38012.17476016029,
            "USD",
            CMC,
            -0.48344956,
            0.74837533,
            8.6761659,
            17121455404.06376,
            720082188106.4556,
            1,
        ),
        Quote(
            ETH,
            2588.8222021578254,
            "USD",
            CMC,
            -0.52606267,
            2.2240709,
            7.93921042,
            11258741788.13544,
            309015241090.0874,
            2,
        ),
        Quote(
            TETHER,
            1.0002644161687164,
            "USD",
            CMC,
            -0.00558436,
            -0.00151889,
            0.00319234,
            39298641914.9517,
            78134082439.28915,
            3,
        ),
    ],
    ("cryptocompare", "pricemultifull_BTC_USD_2017"): [
        Quote(BTC, 4563.88, "USD", 1504754372000, change_24h=1.4770592224482828, market_cap=75528275371.56)
    ],
    ("coingecko", "markets_ids_bitcoin_usd"): [
        Quote(BTC, 49053.0, "USD", 1621094383867, volume_24h=61679663434.0, market_cap=917825524991.0, rank=1)
    ],
    ("coingecko", "oas_markets"): [
        Quote(
            BTC,
            77671.0,
            "USD",
            1779108561599,
            0.5823392426906319,
            -0.9530164743774191,
            -4.042267423689584,
            33235034316.0,
            1555886872303.0,
            1,
        )
    ],
    ("coingecko", "markets_page_beyond_filter"): [],
}

ERRORS: dict[tuple[str, str], tuple[type[ProviderError], str]] = {
    ("binance", "error_403_country_block_cloudfront_html_binanceus"): (Blocked, "Region blocked"),
    ("binance", "error_403_waf_cloudfront_html"): (Unavailable, "HTTP 403"),
    ("binance", "error_418_ip_banned"): (RateLimited, "Rate limited"),
    ("binance", "error_invalid_symbol"): (Unsupported, "Unsupported"),
    ("kraken", "error_rate_limit"): (RateLimited, "Rate limited"),
    ("kraken", "error_too_many_requests"): (RateLimited, "Rate limited"),
    ("kraken", "error_unknown_asset_pair"): (Unsupported, "Unsupported"),
    ("bybit", "error_10001_symbol"): (Unsupported, "Unsupported"),
    ("bybit", "error_10006_rate_limit"): (RateLimited, "Rate limited"),
    ("okx", "error_50011_rate_limit"): (RateLimited, "Rate limited"),
    ("okx", "error_51001_instrument"): (Unsupported, "Unsupported"),
    ("gate", "error_candlestick_too_long_ago"): (Unsupported, "Unsupported"),
    ("coinpaprika", "redirect_301_trailing_slash"): (Unavailable, "HTTP 301"),
    ("coinmarketcap", "error_1006_plan_403"): (Unavailable, "HTTP 403"),
    ("cryptocompare", "data_api_error_404_to_ts_before_listing"): (Unavailable, "HTTP 404"),
    ("coingecko", "error_missing_ids_422"): (Unavailable, "HTTP 422"),
    ("coingecko", "error_missing_vs_currency_422"): (Unavailable, "HTTP 422"),
    ("coingecko", "error_ohlc_missing_params_500"): (Unavailable, "HTTP 500"),
}


def as_spot(body: Any) -> Any:
    """Return candles of a contract under the name of the spot market."""
    return {**body, "result": {**body["result"], "symbol": "BTCUSDT", "category": "spot"}}


def one_of_all(body: Any) -> Any:
    """Return one market's ticker as an element of the list of all."""
    return [{**body, "pair": "BTC/USD"}]


NEAR: dict[tuple[str, str], Callable[[Any], Any]] = {
    ("binance", "ticker24hr_BTCUSDT"): lambda body: [body],
    ("binance", "ticker24hr_ETHBTC"): lambda body: [body],
    ("binance", "us_ticker24hr_BTCUSDT"): lambda body: [body],
    **{("bitstamp", file): one_of_all for name, file in QUOTES if name == "bitstamp"},
    ("bitstamp", "ohlc_btcusdt_3600_limit1"): lambda body: {"data": {**body["data"], "pair": "BTC/USD"}},
    ("bybit", "kline_inverse_BTCUSD_60_docs"): as_spot,
    ("coincap", "v3_asset_bitcoin_2025-08-11"): lambda body: {**body, "data": [body["data"]]},
    **{
        ("cryptocompare", name): lambda body: {**body, "Data": {"Data": body["Data"]}}
        for provider, name, _ in CANDLES
        if provider == "cryptocompare"
    },
}
"""Responses of a related path with the same rows in another envelope."""


@pytest.fixture
def wire() -> Iterator[responses.RequestsMock]:
    """Mock the network."""
    with responses.RequestsMock() as mock:
        yield mock


def play(wire: responses.RequestsMock, name: str, file: str) -> None:
    """Let every host send the recorded response."""
    path = FOLDER / FOLDER_NAMES.get(name, name) / f"{file}.json"
    recording = json.loads(path.read_text())
    if near := NEAR.get((name, file)):
        recording["body"] = near(recording["body"])
    wire.get(re.compile(".*"), status=recording["http_status"], body=body_of(recording))


def make(name: str, now: float = DECEMBER_2026) -> Provider:
    """Return the provider at a fixed time."""
    return BY_NAME[name](Http(), clock=lambda: now)


def is_valued_within_its_prices(candle: Candle) -> bool:
    """Return whether the quote volume is the base volume at prices within the candle."""
    if candle.quote_volume is None or not candle.volume:
        return True
    return candle.low * 0.999 <= candle.quote_volume / candle.volume <= candle.high * 1.001


@pytest.mark.parametrize(("name", "file", "code"), list(CANDLES))
def test_candles(name: str, file: str, code: str, wire: responses.RequestsMock) -> None:
    """Recorded candles keep their values, and an inconsistent open candle is omitted."""
    play(wire, name, file)
    count, first, last = CANDLES[name, file, code]
    interval = INTERVALS[code]
    running = first.open_time + count * interval.length
    provider = make(name, DECEMBER_2026 if last else running / 1000)
    assert isinstance(provider, CandleSource)

    market = provider.market(PAIR)
    assert market is not None

    candles = provider.candles(market, interval, Window(1000, start=first.open_time))

    assert len(candles) == count
    assert replace(candles[0], quote_volume=None, trades=None) == first
    assert last in (replace(candles[-1], quote_volume=None, trades=None), None)
    if (name, file) not in OTHER_VOLUMES:
        assert all(is_valued_within_its_prices(candle) for candle in candles)


@pytest.mark.parametrize(("name", "file"), list(QUOTES))
def test_quotes(name: str, file: str, wire: responses.RequestsMock) -> None:
    """Recorded tickers keep their values."""
    play(wire, name, file)
    provider = make(name)
    assert isinstance(provider, QuoteSource)

    quotes = provider.quotes((BTC, ETH, TETHER))

    assert [(quote.asset, quote.price, quote.time) for quote in quotes] == [
        (quote.asset, quote.price, quote.time) for quote in QUOTES[name, file]
    ]
    for quote, expected in zip(quotes, QUOTES[name, file], strict=True):
        assert quote.change_24h == pytest.approx(expected.change_24h)
        assert (quote.change_1h, quote.change_7d) == (expected.change_1h, expected.change_7d)
        assert (quote.volume_24h, quote.market_cap) == (expected.volume_24h, expected.market_cap)
        assert (quote.currency, quote.rank) == (expected.currency, expected.rank)


SENTIMENTS: dict[tuple[str, str, str], object] = {
    ("alternative_me", "fng_limit2_2022-09-12", "fear_greed"): [
        FearGreed(25, "Extreme Fear", 1662940800000),
        FearGreed(26, "Fear", 1662854400000),
    ],
    ("alternative_me", "fng_limit1_2026-08-02", "fear_greed"): [FearGreed(27, "Fear", 1785628800000)],
    ("coingecko", "oas_global", "overview"): Overview(
        2621040321355.0405,
        95133256404.37308,
        57.9539332566265,
        9.58227145398409,
        17397,
        -1.6081983639177684,
        1476,
    ),
    ("coingecko", "oas_trending", "trending"): [
        Listing("BONK", "Bonk", 5.938674704566297e-06, -3.2712597351582655, 31701707.0, 521967819.0, 103)
    ],
    ("cryptopanic", "v1_posts_2018_excerpt", "headlines"): [
        Headline(
            'NEO ($NEO) price is up <span class="color-green">20.99%</span>',
            "https://cryptopanic.com/news/841770/NEO-NEO-price-is-up-2099-in-the-last-24h",
            "CoinMarketCap",
            1516268728965,
            ("NEO",),
            Votes(4, 0),
        )
    ],
}
"""The expected values of responses about sentiment, news and the market."""
LENGTHS = {
    ("coingecko", "trending_2021", "trending"): 7,
    ("coingecko", "trending_2022", "trending"): 7,
    ("coingecko", "oas_markets", "listings"): 1,
    ("coingecko", "oas_categories", "categories"): 2,
    ("coinmarketcap", "listings_latest_trimmed_2022", "listings"): None,
    ("newsapi", "everything_2020_trimmed", "headlines"): 6,
    ("coingecko", "global_2021", "overview"): None,
    ("coingecko", "global_jkorf", "overview"): None,
    ("coingecko", "categories_2021", "categories"): None,
}
"""The expected number of values of long responses, `None` if any number is right."""


def result(name: str, file: str, ability: str, wire: responses.RequestsMock) -> Any:
    """Return the values of a recorded response."""
    play(wire, name, file)
    return getattr(make(name), ability)(*([30] if ability == "fear_greed" else []))


@pytest.mark.parametrize(("name", "file", "ability"), list(SENTIMENTS))
def test_market_wide_values(name: str, file: str, ability: str, wire: responses.RequestsMock) -> None:
    """Recorded indices, headlines and totals keep their values."""
    assert result(name, file, ability, wire) == SENTIMENTS[name, file, ability]


@pytest.mark.parametrize(("name", "file", "ability"), list(LENGTHS))
def test_long_answers(name: str, file: str, ability: str, wire: responses.RequestsMock) -> None:
    """Every recorded response can be parsed."""
    found = result(name, file, ability, wire)

    assert found
    assert LENGTHS[name, file, ability] in (None, len(found) if isinstance(found, list) else None)


@pytest.mark.parametrize(
    ("file", "error", "reason"),
    [
        ("error_400_parametersIncompatible", Unavailable, "HTTP 400"),
        ("error_401_apiKeyInvalid", Unauthorized, "HTTP 401"),
    ],
)
def test_refused_news(
    file: str, error: type[ProviderError], reason: str, wire: responses.RequestsMock
) -> None:
    """Recorded failures of NewsAPI raise their errors."""
    with pytest.raises(error) as caught:
        result("newsapi", file, "headlines", wire)
    assert caught.value.reason == reason


def test_moved_news(wire: responses.RequestsMock) -> None:
    """CryptoPanic's redirect is a failure."""
    with pytest.raises(Unavailable) as caught:
        result("cryptopanic", "v1_redirect_301", "headlines", wire)
    assert caught.value.reason == "HTTP 301"


@pytest.mark.parametrize(("name", "file"), list(ERRORS))
def test_errors(name: str, file: str, wire: responses.RequestsMock) -> None:
    """Recorded failures raise their errors."""
    play(wire, name, file)
    provider = make(name)
    kind, reason = ERRORS[name, file]
    assert isinstance(provider, QuoteSource)

    with pytest.raises(ProviderError) as caught:
        provider.quotes((BTC, ETH))
    assert type(caught.value) is kind
    assert caught.value.reason == reason
