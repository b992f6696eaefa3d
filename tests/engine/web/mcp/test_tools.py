"""The tools: what they take and give, what they cost, and how they fail."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from engine.web.mcp._tools import TOOLS
from tests import everybody
from tests.engine.web.conftest import Make
from tests.engine.web.mcp.agent import Agent
from tests.running import ROOT
from tests.upstreams import Fault, StandIn

Json = Any
NAMES = "get_candles get_prices get_prices_at get_indicators get_sentiment get_news search_symbols".split()


@pytest.fixture(scope="module")
def tools(agent: Agent) -> dict[str, Json]:
    """Return the tools as they are listed."""
    return {tool["name"]: tool for tool in agent.ask("tools/list").json["result"]["tools"]}


def reason(result: Json) -> Json:
    """Return the error of a tool that failed: it is text alone."""
    assert result["isError"] is True
    assert "structuredContent" not in result
    body = json.loads(result["content"][0]["text"])
    assert body["success"] is False
    return body["error"]


def test_they_say_what_they_are(tools: dict[str, Json]) -> None:
    """Tools read and change nothing, and their schemas are valid and closed to unknown arguments."""
    assert list(tools) == NAMES
    for tool in tools.values():
        assert tool["annotations"] == {
            "title": tool["title"],
            "readOnlyHint": True,
            "destructiveHint": False,
            "idempotentHint": True,
            "openWorldHint": True,
        }
        assert tool["inputSchema"]["additionalProperties"] is False
        for schema in (tool["inputSchema"], tool["outputSchema"]):
            assert schema["type"] == "object"
            Draft202012Validator(schema)


def test_the_guide_lists_them(tools: dict[str, Json]) -> None:
    """docs/agents.md has each tool with its arguments, their bounds and its quota."""
    rows = re.findall(
        r"^\| `(\w+)` \| (.*?) \| \[.*\| `RATE_LIMIT_(\w+)`",
        (ROOT / "docs" / "agents.md").read_text(),
        re.MULTILINE,
    )

    assert [name for name, _, _ in rows] == list(tools)
    for name, written, quota in rows:
        schema = tools[name]["inputSchema"]
        assert set(re.findall(r"`(\w+)`", written)) == set(schema["properties"])
        assert quota.lower() == next(tool.quota for tool in TOOLS if tool.name == name)
        limit = schema["properties"].get("limit")
        bounds = limit and f"`limit` ({limit['minimum']} to {limit['maximum']}, default {limit['default']})"
        assert bounds is None or bounds in written
        for listed, each in schema["properties"].items():
            assert each.get("type") != "array" or f"`{listed}` (at most {each['maxItems']})" in written


def test_older_revisions_get_the_members_that_they_know(shared: FlaskClient) -> None:
    """Titles and structured content came with revision 2025-06-18."""
    for revision, knows in (("2025-06-18", True), ("2025-03-26", False), (None, False)):
        agent = Agent(shared, revision)
        tool = agent.ask("tools/list").json["result"]["tools"][0]
        result = agent.call("get_candles", {"symbol": "BTC", "limit": 1})
        assert ("outputSchema" in tool) is ("title" in tool) is knows
        assert ("structuredContent" in result) is knows


@pytest.mark.parametrize(
    ("name", "arguments", "path"),
    [
        ("get_candles", {"symbol": "BTC"}, "ohlcv?symbol=BTC&limit=50"),
        (
            "get_candles",
            {"symbol": "eth/usdt", "interval": "4H", "limit": 60, "closedOnly": True, "source": "kraken"},
            "ohlcv?symbol=eth/usdt&interval=4h&limit=60&closedOnly=true&source=kraken",
        ),
        ("get_prices", {"symbols": ["BTC", "ETH"], "convert": "EUR"}, "prices?symbols=BTC,ETH&convert=EUR"),
        ("get_indicators", {"symbol": "BTC", "indicators": ["rsi:14", "macd"]},
         "indicators?symbol=BTC&indicators=rsi:14,macd&limit=10"),
        ("get_sentiment", {"symbol": "BTC", "days": 2}, "sentiment?symbol=BTC&days=2"),
        ("get_news", {"symbols": ["BTC"], "limit": 3}, "news?symbols=BTC&limit=3"),
    ],
)  # fmt: skip
def test_they_give_what_their_endpoint_gives(
    agent: Agent, tools: dict[str, Json], name: str, arguments: Json, path: str
) -> None:
    """A tool gives the answer of its endpoint, by its schema, as structured content and as text."""
    result = agent.call(name, arguments)
    found = result["structuredContent"]

    assert result["isError"] is False
    assert found == json.loads(result["content"][0]["text"]) == agent.client.get(f"/api/{path}").json
    assert Draft202012Validator(tools[name]["outputSchema"]).is_valid(found)
    assert found["meta"]["ageSeconds"] == 0


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("get_prices_at", {"symbols": ["BTC"], "time": "2026-01-02T00:00:00Z"}),
        ("get_prices_at", {"symbols": ["BTC"], "time": 1_767_312_000, "convert": "USD"}),
        ("search_symbols", {"q": "bit", "limit": 2}),
        ("search_symbols", {}),
    ],
)
def test_every_answer_has_sources_and_an_age(
    agent: Agent, tools: dict[str, Json], name: str, arguments: Json
) -> None:
    """Where the endpoint leaves them out, a tool adds the sources and the age."""
    found = agent.call(name, arguments)["structuredContent"]

    assert Draft202012Validator(tools[name]["outputSchema"]).is_valid(found)
    assert found["data"]
    assert found["meta"]["sources"]
    assert "ageSeconds" in found["meta"]


def test_few_candles_are_enough_for_an_agent(agent: Agent) -> None:
    """Fewer candles than the endpoint gives are the newest ones, and those of a window its first."""
    few = agent.call("get_candles", {"symbol": "BTC", "limit": 2})["structuredContent"]
    many = agent.call("get_candles", {"symbol": "BTC"})["structuredContent"]
    first = many["data"][0]["timestamp"]
    window = agent.call("get_candles", {"symbol": "BTC", "limit": 2, "startTime": first})["structuredContent"]

    assert (few["count"], many["count"]) == (2, 50)
    assert few["data"] == many["data"][-2:]
    assert window["data"] == many["data"][:2]


@pytest.mark.parametrize(
    ("name", "arguments", "code", "wrong"),
    [
        ("get_candles", {}, "INVALID_PARAMETER", "symbol"),
        ("get_candles", {"symbol": "BTC", "limit": "5"}, "INVALID_PARAMETER", "limit"),
        ("get_candles", {"symbol": "BTC", "limit": True}, "INVALID_PARAMETER", "limit"),
        ("get_candles", {"symbol": "BTC", "limit": 201}, "INVALID_PARAMETER", "limit"),
        ("get_candles", {"symbol": "BTC", "limit": -1}, "INVALID_PARAMETER", "limit"),
        ("get_candles", {"symbol": ["BTC"]}, "INVALID_PARAMETER", "symbol"),
        ("get_candles", {"symbol": None}, "INVALID_PARAMETER", "symbol"),
        ("get_candles", {"symbol": "BTC", "closedOnly": "true"}, "INVALID_PARAMETER", "closedOnly"),
        ("get_candles", {"symbol": "BTC", "startTime": "yesterday"}, "INVALID_PARAMETER", "startTime"),
        ("get_candles", {"symbol": "BTC", "format": "csv"}, "INVALID_PARAMETER", "format"),
        ("get_candles", {"symbol": "BTC", "interval": "7h"}, "INVALID_INTERVAL", "interval"),
        ("get_candles", {"symbol": "NOSUCHCOIN"}, "INVALID_SYMBOL", "symbol"),
        ("get_prices", {"symbols": "BTC"}, "INVALID_PARAMETER", "symbols"),
        ("get_prices", {"symbols": ["BTC,ETH"]}, "INVALID_PARAMETER", "symbols"),
        ("get_prices", {"symbols": ["BTC", 5]}, "INVALID_PARAMETER", "symbols"),
        ("get_prices", {"symbols": [f"C{n}" for n in range(11)]}, "INVALID_PARAMETER", "symbols"),
        ("get_prices_at", {"symbols": ["BTC"], "time": "2100-01-01"}, "INVALID_PARAMETER", "time"),
        ("get_indicators", {"symbol": "BTC", "indicators": ["nothing"]}, "INVALID_INDICATOR", "nothing"),
        ("get_indicators", {"indicators": [], "symbols": "A"}, "INVALID_PARAMETER", "symbols"),
        ("search_symbols", {"cursor": "none"}, "NOT_FOUND", None),
    ],
)  # fmt: skip
def test_wrong_arguments_are_told_to_the_model(
    agent: Agent, name: str, arguments: Json, code: str, wrong: str | None
) -> None:
    """Wrong arguments are a failure of the tool that says what is wrong with each."""
    error = reason(agent.call(name, arguments))

    assert error["code"] == code
    assert wrong is None or any(wrong in name for name in [*error["details"], str(error["details"])])


def test_failed_providers_are_told_to_the_model(make: Make, stand_in: StandIn) -> None:
    """Where every provider fails, the result has the reason of each."""
    for name in everybody.CANDLES:
        stand_in.fault(name, Fault("status", status=500))
    error = reason(Agent(make()).call("get_candles", {"symbol": "BTC"}))

    assert error["code"] == "PROVIDER_ERROR"
    assert error["details"]["binance"] == "HTTP 500"
    assert error["retryAfter"] > 0


def test_tools_that_are_switched_off_are_missing(make: Make) -> None:
    """A tool whose endpoint is disabled is not listed, and unknown."""
    agent = Agent(make(enable_sentiment=False))

    listed = [tool["name"] for tool in agent.ask("tools/list").json["result"]["tools"]]
    assert listed == [name for name in NAMES if name not in ("get_sentiment", "get_news")]
    assert agent.ask("tools/call", {"name": "get_news"}).json["error"]["code"] == -32602


def test_a_call_costs_what_the_request_costs(make: Make) -> None:
    """A call and the request that it stands for share one quota; other messages have another."""
    client = make(rate_limit_enabled=True, rate_limit_ohlcv=2, rate_limit_prices=4, rate_limit_default=3)
    agent = Agent(client)
    symbol = {"symbol": "BTC", "limit": 50}

    assert client.get("/api/ohlcv?symbol=BTC").headers["X-RateLimit-Remaining"] == "1"
    last = agent.ask("tools/call", {"name": "get_candles", "arguments": symbol})
    assert last.headers["X-RateLimit-Remaining"] == "0"
    assert client.get("/api/ohlcv?symbol=BTC").status_code == 429
    error = reason(agent.call("get_candles", symbol))
    assert error["code"] == "RATE_LIMITED"
    assert error["retryAfter"] > 0

    past = {"symbols": ["BTC", "ETH", "SOL"], "time": "2026-01-02"}
    assert not agent.call("get_prices_at", past)["isError"]
    assert client.get("/api/prices/at?symbols=BTC&time=2026-01-02").headers["X-RateLimit-Remaining"] == "0"
    assert not agent.call("get_prices", {"symbols": ["BTC"]})["isError"]

    assert [agent.ask("tools/list").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = agent.send(b"{")
    assert (refused.status_code, refused.json["error"]["data"]["code"]) == (429, "RATE_LIMITED")
    assert int(refused.headers["Retry-After"]) > 0


def test_a_key_counts_for_itself(make: Make, tmp_path: Path) -> None:
    """A key raises the quota as everywhere, and an unknown one is refused."""
    (tmp_path / "keys").write_text(f"agent:pro:{sha256(b'secret').hexdigest()}\n")
    agent = Agent(make(rate_limit_enabled=True, rate_limit_ohlcv=1, api_keys_file=str(tmp_path / "keys")))
    symbol = {"symbol": "BTC", "limit": 1}

    results = [agent.call("get_candles", symbol, {"Authorization": "Bearer secret"}) for _ in range(3)]
    assert [result["isError"] for result in results] == [False, False, False]
    refused = agent.ask("tools/list", None, {"Authorization": "Bearer wrong"})
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert refused.json["error"]["data"]["code"] == "UNAUTHORIZED"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
MEMBERS = st.sampled_from(["symbol", "symbols", "limit", "time", "indicators", "interval", "q", "cursor"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(NAMES), arguments=st.dictionaries(MEMBERS, JSON, max_size=3), version=JSON)
def test_no_json_breaks_it(agent: Agent, name: str, arguments: Json, version: Json) -> None:
    """Arguments, ids and versions of any kind get an answer or a refusal, never an internal error."""
    answers = [
        agent.ask("tools/call", {"name": name, "arguments": arguments}),
        agent.ask("tools/call", {"name": version, "arguments": version}),
        Agent(agent.client, None).send(
            {"jsonrpc": "2.0", "id": version, "method": "ping", "params": version}
        ),
        Agent(agent.client, None).ask("initialize", {"protocolVersion": version}),
    ]

    assert {answer.status_code for answer in answers} <= {200, 202, 400}
