"""`/llms.txt`: what a language model has to know to use the engine.

https://llmstxt.org/
"""

import inspect
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from werkzeug.routing import Rule

from engine.config import Settings
from engine.web.openapi import _operations, _parameters, _rules
from engine.web.services import services_of

OWN = "engine.web.api."
"""Where the views of the engine's own interface are."""
STORED = "id"
"""The parameter of paths whose things a client has made itself, as the document describes."""
HEAD = """\
# Crypto data engine

> An HTTP API for cryptocurrency candles, prices, indicators, sentiment and news from many exchanges and \
aggregators, with tools for agents over the Model Context Protocol.

Every number was received from a provider or computed from such numbers: null means unknown. Answers \
name their sources, and `meta.ageSeconds` and `meta.stale` say how old they are. No key is needed; \
after status 429 wait for the seconds in `Retry-After`. An API key (`Authorization: Bearer <key>`) \
raises the quotas. Failures are `{"success": false, "error": {"code", "message", "details"}}`, and \
`details` says what is wrong with which parameter. A symbol is a coin or a pair: `BTC`, `BTCUSDT`, \
`ETH/BTC`. Times are Unix seconds or milliseconds, or ISO 8601. Lists can be had as CSV with \
`format=csv`. `/api/v1` is a stable name of `/api`.

## Documentation

- [MCP endpoint](/mcp): `POST`, streamable HTTP; an agent with this address has the tools
- [OpenAPI document](/openapi.json): every endpoint with its parameters, answers and failures
- [Interactive documentation](/docs): the same as a page
- [AsyncAPI document](/asyncapi.json): the messages of streams
"""
OPTIONAL = """\

## Optional

- [Binance's interface](/compat/binance/api/v3/exchangeInfo): for clients of Binance's market data
- [CoinGecko's interface](/compat/coingecko/api/v3/ping): for clients of CoinGecko
- [CryptoCompare's interface](/compat/cryptocompare/price?fsym=BTC&tsyms=USD): for clients of CryptoCompare
- [UDF](/udf/config): for TradingView's charts
- [Market page](/): prices and charts for people
"""


def guide(app: Flask) -> str:
    """Return the guide, with every endpoint of the engine's own interface that is enabled."""
    settings = services_of(app).settings
    rules = sorted(app.url_map.iter_rules(), key=_rules.position)
    lines = [line for rule in rules for line in _line(rule, app.view_functions[rule.endpoint], settings)]
    return "\n".join([HEAD, "## Endpoints\n", *lines, OPTIONAL])


def _line(rule: Rule, view: Any, settings: Settings) -> Iterator[str]:
    feature = getattr(view, "feature", None)
    is_ours = hasattr(view, "query") and inspect.unwrap(view).__module__.startswith(OWN)
    if (
        not is_ours
        or STORED in rule.arguments
        or _rules.is_table(rule)
        or (feature and not getattr(settings, feature))
    ):
        return
    path, query, _ = _operations.request(view, rule)
    address = f"{path}?{urlencode(query, safe=',:/')}" if query else path
    summary, _ = _rules.summary_and_description(view)
    named = [each["name"] for each in _parameters.query(view.query, rule.arguments)]
    parameters = f" ({', '.join(named)})" if named else ""
    yield f"- [{_rules.method(rule)} {_rules.path(rule)}]({address}): {summary}{parameters}"
