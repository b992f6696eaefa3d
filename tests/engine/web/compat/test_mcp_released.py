"""Agents use the tools through the official SDKs of the Model Context Protocol."""

import json
import re
from typing import Any, Literal

import anyio
import pytest

from tests.engine.web.compat.released import run_released
from tests.running import ROOT, Engine

CALLS: dict[str, dict[str, Any]] = {
    "get_candles": {"symbol": "ETH", "interval": "4h", "limit": 2, "closedOnly": True},
    "get_prices": {"symbols": ["BTC"], "convert": "USD"},
    "get_prices_at": {"symbols": ["BTC"], "time": "2026-01-02T00:00:00Z"},
    "get_indicators": {"symbol": "BTC", "indicators": ["ema:20", "macd"], "limit": 1},
    "get_sentiment": {},
    "get_news": {"limit": 2},
    "search_symbols": {"q": "eth"},
}
"""A call of each tool."""


@pytest.mark.parametrize(("mode", "revision"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
def test_the_python_client_uses_the_tools(
    engine: Engine, mode: Literal["auto", "legacy"], revision: str
) -> None:
    """The client finds the tools and calls each, with and without a handshake; it checks their schemas."""
    from mcp.client import Client  # a second to import, for one test

    async def use() -> None:
        async with Client(f"{engine.url}/mcp", mode=mode) as client:
            assert client.protocol_version == revision
            tools = (await client.list_tools()).tools
            assert [tool.name for tool in tools] == list(CALLS)
            for name, arguments in CALLS.items():
                result = await client.call_tool(name, arguments)
                assert not result.is_error, result
                text = getattr(result.content[0], "text", "")
                assert json.loads(text) == result.structured_content
            failed = await client.call_tool("get_candles", {"symbol": "BTC", "limit": 100_000})
            assert failed.is_error
            assert "limit" in getattr(failed.content[0], "text", "")

    anyio.run(use)


def test_the_example_of_the_guide_works(engine: Engine) -> None:
    """The example in Python in docs/agents.md gets candles."""
    [example] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "agents.md").read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(example.replace("http://localhost:8000", engine.url), names)

    assert anyio.run(names["newest"])["count"] == 5


def test_the_typescript_clients_use_the_tools(engine: Engine) -> None:
    """The SDKs of today and of earlier revisions find the tools and call them."""
    run_released("mcp", engine)
