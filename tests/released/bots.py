"""A trading bot and a backtester, which are installed apart because of what they need."""

import io
import json
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.released.calling import Calls
from tests.released.snippets import as_documented, configured

PAIRS = ("BTC/USDT", "ETH/USDT")
BOT = {
    "dry_run": True,
    "stake_currency": "USDT",
    "stake_amount": 10,
    "max_open_trades": 3,
    "entry_pricing": {"price_side": "same", "use_order_book": False},
    "exit_pricing": {"price_side": "same", "use_order_book": False},
    "pairlists": [
        {"method": "VolumePairList", "number_assets": 20, "sort_key": "quoteVolume"},
        {"method": "PriceFilter", "low_price_ratio": 0.01, "min_price": 0.0001},
    ],
}
"""A configuration without an account, whose pairs are those with the largest volume and a fine price step."""


def freqtrade(url: str) -> Calls:
    """List the pairs, download candles of ten days, and choose pairs by volume and price."""
    with TemporaryDirectory() as folder:
        configuration = Path(folder, "config.json")
        exchange = configured("ccxt_config", url)["exchange"]
        content = BOT | {"exchange": exchange | {"pair_whitelist": list(PAIRS), "pair_blacklist": []}}
        configuration.write_text(json.dumps(content))
        common = ("--config", f"{configuration}", "--userdir", folder)
        listed = json.loads(_freqtrade("list-pairs", *common, "--quote", "USDT", "--print-json"))
        assert set(PAIRS) <= set(listed)
        yield "list-pairs", listed
        sizes = ("--pairs", *PAIRS, "--timeframes", "5m", "1h", "--days", "10")
        _freqtrade("download-data", *common, *sizes, "--data-format-ohlcv", "json")
        files = {file.name: json.loads(file.read_text()) for file in Path(folder).glob("data/binance/*.json")}
        assert len(files) == 4
        assert len(files["BTC_USDT-5m.json"]) >= 10 * 288
        yield "download-data", files
        chosen = json.loads(_freqtrade("test-pairlist", *common, "--print-json"))
        assert chosen[:2] == list(PAIRS)
        yield "test-pairlist (VolumePairList, PriceFilter)", chosen


def _freqtrade(*arguments: str) -> str:
    """Return what a command prints. Raises `SystemExit` with its status if it fails."""
    with redirect_stdout(io.StringIO()) as printed:
        try:
            import_module("freqtrade.main").main(list(arguments))
        except SystemExit as end:
            if end.code:
                raise
    return printed.getvalue()


def vectorbt(url: str) -> Calls:
    """Download candles with `BinanceData`, of one pair and of two, and add newer ones."""
    as_documented("binance.client", url)
    data: Any = import_module("vectorbt").BinanceData
    newest = data.download("BTCUSDT", start="2 days ago UTC", interval="1h", show_progress=False)
    yield "BinanceData.download", len(newest.get()) == 48
    yield "BinanceData.update", len(newest.update().get()) >= 48
    many = data.download(
        ["BTCUSDT", "ETHUSDT"],
        start="2024-01-01 UTC",
        end="2024-02-01 UTC",
        interval="1d",
        show_progress=False,
    )
    yield "BinanceData.download (two pairs)", many.get("Close").shape == (31, 2)
