"""Clients that generators make of the OpenAPI document compile strictly, and call the engine."""

import json
import os
from pathlib import Path

from tests.clients.packages import BIN, KEY, TOOLS, TYPESCRIPT, run
from tests.running import Engine

MYPY = """\
[mypy]
strict = true
[mypy-generated.client] # the generator's own file, whatever the document
disable_error_code = arg-type
"""
PYTHON = """\
import importlib
import inspect
import pkgutil
import sys

from generated import AuthenticatedClient, Client, api
from generated.api.account import account_get_account
from generated.api.alert_rules import alert_rules_get_rules
from generated.api.exports import export_get_export
from generated.api.candles import ohlcv_get_ohlcv
from generated.api.candles import ohlcv_batch_get_ohlcv_batch
from generated.api.prices import prices_get_prices
from generated.api.trading_view import udf_get_quotes
from generated.models import (
    AccountAnswer,
    ErrorAnswer,
    OhlcvAnswer,
    OhlcvBatchAnswer,
    OhlcvBatchGetOhlcvBatchIntervalsItem,
    OhlcvGetOhlcvInterval,
    OhlcvGetOhlcvTimeframe,
    PricesAnswer,
    RulesAnswer,
    UdfQuotesAnswer,
)

client = Client(base_url=sys.argv[1])
known = AuthenticatedClient(base_url=sys.argv[1], token=sys.argv[2])

candles = ohlcv_get_ohlcv.sync(client=client, symbol="BTC", interval=OhlcvGetOhlcvInterval.HOUR_4, limit=50)
assert isinstance(candles, OhlcvAnswer)
assert (candles.interval, candles.count, len(candles.data)) == ("4h", 50, 50)
months = ohlcv_get_ohlcv.sync(client=client, symbol="BTC", timeframe=OhlcvGetOhlcvTimeframe.MONTH_1)
assert isinstance(months, OhlcvAnswer) and months.interval == "1M"
usual = ohlcv_get_ohlcv.sync(client=client, symbol="BTC")
assert isinstance(usual, OhlcvAnswer) and usual.interval == "1h"
series = ohlcv_batch_get_ohlcv_batch.sync(
    client=client, symbols=["BTC", "ETH"], intervals=[OhlcvBatchGetOhlcvBatchIntervalsItem.MINUTE_5]
)
assert isinstance(series, OhlcvBatchAnswer) and len(series.data) == 2
prices = prices_get_prices.sync(client=client, symbols=["BTC", "ETH"])
assert isinstance(prices, PricesAnswer) and [row.symbol for row in prices.data] == ["BTC", "ETH"]
quotes = udf_get_quotes.sync(client=client, symbols="BTCUSDT,ETHUSDT")
assert isinstance(quotes, UdfQuotesAnswer) and [row.n for row in quotes["d"]] == ["BTCUSDT", "ETHUSDT"]
table = export_get_export.sync(client=client, symbol="BTC")
assert isinstance(table, str) and table.startswith("timestamp,")
failure = ohlcv_get_ohlcv.sync(client=client, symbol="DOGEE")
assert isinstance(failure, ErrorAnswer) and failure.error.code == "INVALID_SYMBOL"
account = account_get_account.sync(client=known)
assert isinstance(account, AccountAnswer) and account.data.tier == "pro"
rules = alert_rules_get_rules.sync(client=known)
assert isinstance(rules, RulesAnswer) and rules.data == []

called = 0
for module in pkgutil.walk_packages(api.__path__, "generated.api."):
    operation = importlib.import_module(module.name)
    endless = ("streaming", "get_raw", "get_combined")
    if not hasattr(operation, "sync") or any(word in module.name for word in endless):
        continue
    parameters = inspect.signature(operation.sync_detailed).parameters.values()
    reads = "get" in operation._get_kwargs.__code__.co_consts
    required = {it.name for it in parameters if it.default is inspect.Parameter.empty}
    if reads and required == {"client"}:
        response = operation.sync_detailed(client=known)
        if response.status_code == 400:  # it needs one of several parameters
            continue
        assert response.status_code < 300 and response.parsed is not None, (module.name, response.content)
        called += 1
print(called)
"""
TYPESCRIPT_CALLS = """\
import type { components, paths } from "./schema.js";

type Ok<Operation> = Operation extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;
type Query<Operation> = Operation extends { parameters: { query?: infer Query } } ? Query : never;

async function get<Path extends keyof paths>(
  path: Path,
  query: Query<paths[Path]["get"]>,
): Promise<Ok<paths[Path]["get"]> | components["schemas"]["ErrorAnswer"]> {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const [place, one] of [value].flat().entries()) {
      parameters.append(Array.isArray(value) ? `${name}[${place}]` : name, String(one));
    }
  }
  const response = await fetch(`${process.env.ENGINE_URL}${path}?${parameters}`);
  return (await response.json()) as Ok<paths[Path]["get"]> | components["schemas"]["ErrorAnswer"];
}

declare const process: { env: Record<string, string | undefined> };
declare const console: { log(text: string): void };
declare function fetch(address: string): Promise<{ json(): Promise<unknown> }>;
declare class URLSearchParams {
  append(name: string, value: string): void;
}

const candles = await get("/api/ohlcv", { symbol: "BTC", interval: "4h", limit: 50 });
const prices = await get("/api/prices", { symbols: ["BTC", "ETH"] });
const quotes = await get("/udf/quotes", { symbols: "BTCUSDT" });
const failure = await get("/api/ohlcv", { symbol: "DOGEE", interval: "1M" });
console.log(
  JSON.stringify({
    candles: "data" in candles ? candles.data.map((row) => row.close).length : candles.error.code,
    prices: "data" in prices ? prices.data.map((row) => row.symbol) : prices.error.code,
    quotes: "s" in quotes ? quotes.s : null,
    failure: "error" in failure ? failure.error.code : null,
  }),
);
"""


def test_openapi_python_client(engine: Engine, document: Path, tmp_path: Path) -> None:
    """What openapi-python-client makes is strictly typed, and reads the engine's answers."""
    (tmp_path / "settings.yml").write_text("post_hooks: []\n")
    made = run(
        *(BIN / "openapi-python-client", "generate", "--path", document, "--output-path", "generated"),
        *("--meta", "none", "--config", "settings.yml"),
        cwd=tmp_path,
    )
    (tmp_path / "calls.py").write_text(PYTHON)
    (tmp_path / "mypy.ini").write_text(MYPY)
    options = ["--config-file", "mypy.ini", "--cache-dir", os.devnull]
    run(BIN / "mypy", *options, "generated", "calls.py", cwd=tmp_path)

    assert made == "Generating generated\n", "the generator warns"
    assert int(run(BIN / "python", "calls.py", engine.url, KEY, cwd=tmp_path)) > 30


def test_openapi_typescript(engine: Engine, types: Path, tmp_path: Path) -> None:
    """What openapi-typescript makes of the document is strictly typed, and fits the engine's answers."""
    (tmp_path / "schema.ts").write_text((types / "whole.ts").read_text())
    (tmp_path / "calls.ts").write_text(TYPESCRIPT_CALLS)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    options = ["--strict", "--skipLibCheck", "--target", "es2022", "--lib", "es2022"]
    modules = ["--module", "esnext", "--moduleResolution", "bundler"]
    run(TOOLS / "tsc", *options, *modules, tmp_path / "calls.ts", cwd=TYPESCRIPT)

    assert json.loads(run("node", tmp_path / "calls.js", ENGINE_URL=engine.url)) == {
        "candles": 50,
        "prices": ["BTC", "ETH"],
        "quotes": "ok",
        "failure": "INVALID_SYMBOL",
    }
