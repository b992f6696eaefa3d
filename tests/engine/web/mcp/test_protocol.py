"""The transport and the messages of the Model Context Protocol, by revision."""

import base64
from typing import Any

import pytest
from flask.testing import FlaskClient

from schemas.mcp import McpFailure
from tests.engine.web.api.answers import held
from tests.engine.web.conftest import Make
from tests.engine.web.mcp.agent import PREFIX, TODAY, Agent

Json = Any
LEGACY = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


def error(answer: Any, status: int) -> Json:
    """Return the error of an answer, after a check of its form."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return held(McpFailure, answer.json)["error"]


def test_todays_revision_needs_no_handshake(agent: Agent) -> None:
    """`server/discover` names the revisions and capabilities, and each result who gave it and its kind."""
    result = agent.ask("server/discover").json["result"]

    assert result["supportedVersions"] == [TODAY, *LEGACY]
    assert result["capabilities"] == {"tools": {}}
    assert result["resultType"] == "complete"
    assert (result["cacheScope"], result["ttlMs"]) == ("public", 300_000)
    assert result["_meta"][f"{PREFIX}serverInfo"]["name"] == "crypto-data-engine"
    assert "retryAfter" in result["instructions"]


@pytest.mark.parametrize(
    ("asked", "agreed"), [*((each, each) for each in LEGACY), (TODAY, LEGACY[0]), ("1.0", LEGACY[0])]
)
def test_older_revisions_shake_hands(shared: FlaskClient, asked: str, agreed: str) -> None:
    """`initialize` agrees on the revision that was asked for, or offers the newest that has a handshake."""
    answer = Agent(shared, None).ask("initialize", {"protocolVersion": asked, "capabilities": {}})
    result = answer.json["result"]

    assert result["protocolVersion"] == agreed
    assert result["capabilities"] == {"tools": {}}
    assert "Mcp-Session-Id" not in answer.headers
    assert "resultType" not in result


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "PATCH", "HEAD"])
def test_there_are_no_sessions_and_no_streams(shared: FlaskClient, method: str) -> None:
    """Methods that open streams and end sessions get 405 with what is allowed."""
    answer = shared.open("/mcp", method=method)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "OPTIONS, POST")


def test_options_name_the_methods_that_there_are(shared: FlaskClient) -> None:
    """OPTIONS lists what is served, and none of the methods that are refused."""
    answer = shared.options("/mcp")

    assert (answer.status_code, answer.data) == (200, b"")
    assert set(answer.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}


def test_notifications_and_responses_are_accepted(shared: FlaskClient) -> None:
    """What expects no answer gets 202 without a body, in each revision."""
    note = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    response = {"jsonrpc": "2.0", "id": 1, "result": {}}
    answers = [
        Agent(shared).send(note, {"MCP-Protocol-Version": TODAY}),
        Agent(shared).send(note, {"MCP-Protocol-Version": LEGACY[0]}),
        Agent(shared).send(note),
        Agent(shared).send(response),
        Agent(shared).send([note, response]),
    ]

    assert {(each.status_code, each.data, each.content_type) for each in answers} == {(202, b"", None)}
    assert error(Agent(shared).send(response, {"MCP-Protocol-Version": TODAY}), 400)["code"] == -32602


def test_lists_of_messages_are_of_older_revisions(shared: FlaskClient) -> None:
    """A list is answered by a list before revision 2025-06-18, and refused since then."""
    agent = Agent(shared)
    for headers in ({}, {"MCP-Protocol-Version": "2025-03-26"}):
        answer = agent.send([PING, {"jsonrpc": "2.0", "method": "x"}, {**PING, "id": "b"}, 1], headers)
        assert [each["id"] for each in answer.json] == [1, "b", None]
        assert [each.get("result", each.get("error", {}).get("code")) for each in answer.json] == [
            *({}, {}),
            -32600,
        ]
    for version in ("2025-06-18", "2025-11-25", TODAY):
        assert error(agent.send([PING], {"MCP-Protocol-Version": version}), 400)["code"] in (-32600, -32602)
    for wrong in ([], [PING] * 11):
        assert error(agent.send(wrong), 400)["code"] == -32600
    begun = agent.send([{**PING, "method": "initialize", "params": {"protocolVersion": LEGACY[0]}}])
    assert begun.json[0]["error"]["code"] == -32600


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"", -32700),
        (b"\xff", -32700),
        (b'{"jsonrpc": "2.0", "id": NaN, "method": "ping"}', -32700),
        (b'{"jsonrpc": "2.0", "id": 1e999, "method": "ping"}', -32700),
        (b"[" * 50 + b"]" * 50, -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":[' + b"1," * 2_000 + b"1]}}", -32600),
        (b"1", -32600),
        (b"null", -32600),
        (b'"ping"', -32600),
        (b'{"id": 1, "method": "ping"}', -32600),
        (b'{"jsonrpc": 2.0, "id": 1, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1, "method": 5}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1}', -32600),
        (b'{"jsonrpc": "2.0", "id": null, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": true, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1.5, "method": "ping"}', -32600),
        (b'{"jsonrpc": "2.0", "id": 99999999999999999999999999, "method": "ping"}', -32600),
    ],
)
def test_what_is_no_message_is_refused(shared: FlaskClient, body: bytes, code: int) -> None:
    """Text that is no JSON, or no message, gets 400 and the code of JSON-RPC."""
    assert error(Agent(shared).send(body), 400)["code"] == code


def test_the_last_of_equal_members_counts(shared: FlaskClient) -> None:
    """Members that are given twice are no fault of the server."""
    answer = Agent(shared).send(b'{"jsonrpc": "2.0", "id": 1, "id": 2, "method": "x", "method": "ping"}')

    assert answer.json == {"jsonrpc": "2.0", "id": 2, "result": {}}


def test_methods_and_parameters_are_checked(shared: FlaskClient) -> None:
    """Unknown methods and wrong parameters have their codes; today's revision has a status for each."""
    earlier, today = Agent(shared, LEGACY[0]), Agent(shared)
    for method in ("resources/list", "server/discover", "tools/unknown"):
        assert error(earlier.ask(method), 200)["code"] == -32601
    for method in ("initialize", "ping", "subscriptions/listen", "prompts/list"):
        assert error(today.ask(method), 404)["code"] == -32601
    for params in ({"name": "nothing"}, {"name": 1}, {}, {"name": "get_candles", "arguments": []}):
        assert error(earlier.ask("tools/call", params), 200)["code"] == -32602
        assert error(today.ask("tools/call", params), 400)["code"] == -32602
    assert error(earlier.ask("tools/list", {"cursor": "2"}), 200)["code"] == -32602
    assert error(earlier.ask("initialize", {"protocolVersion": 5}), 200)["code"] == -32602
    assert error(earlier.send({**PING, "params": [1]}), 200)["code"] == -32602


def test_headers_and_body_agree(shared: FlaskClient, agent: Agent) -> None:
    """Since today's revision headers repeat what the body says, also in base64, or the request is refused."""
    encoded = base64.b64encode(b"search_symbols").decode()
    assert not agent.call("search_symbols", {}, {"Mcp-Name": f"=?base64?{encoded}?="})["isError"]
    for name in ("get_news", "=?base64?!?=", "=?base64?/w==?="):
        params = {"name": "search_symbols"}
        assert error(agent.ask("tools/call", params, {"Mcp-Name": name}), 400)["code"] == -32020
    assert error(agent.ask("tools/list", None, {"Mcp-Method": "tools/call"}), 400)["code"] == -32020
    assert error(agent.ask("tools/list", None, {"MCP-Protocol-Version": LEGACY[0]}), 400)["code"] == -32020
    assert error(agent.send(agent.message("tools/list")), 400)["code"] == -32020
    bare = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert error(agent.send(bare, agent.headers("tools/list")), 400)["code"] == -32602
    message = agent.message("tools/list")
    del message["params"]["_meta"][f"{PREFIX}clientCapabilities"]
    assert error(agent.send(message, agent.headers("tools/list")), 400)["code"] == -32602


def test_an_unknown_revision_is_refused_with_the_known_ones(shared: FlaskClient, agent: Agent) -> None:
    """A revision that is not served gets those that are, whether a header or the body names it."""
    future = "2030-01-01"
    by_header = agent.send(PING, {"MCP-Protocol-Version": future})
    message = agent.message("tools/list")
    message["params"]["_meta"][f"{PREFIX}protocolVersion"] = future
    by_body = agent.send(message, {**agent.headers("tools/list"), "MCP-Protocol-Version": future})

    for answer in (by_header, by_body):
        found = error(answer, 400)
        assert found["code"] == -32022
        assert found["data"] == {"supported": [TODAY, *LEGACY], "requested": future}


def test_pages_need_an_allowed_origin(make: Make) -> None:
    """A page of a foreign origin is refused, also one that has given this server its own name."""
    client = make(cors_origins="https://app.example")
    origins = {
        "https://app.example": 200,
        "https://evil.example": 403,
        "http://localhost": 200,  # the server itself, by a name of no other one
        "http://[": 403,
        "null": 403,
    }
    for origin, status in origins.items():
        assert Agent(client).ask("tools/list", None, {"Origin": origin}).status_code == status, origin
    rebound = {"Origin": "http://evil.example", "Host": "evil.example"}
    assert error(Agent(client).ask("tools/list", None, rebound), 403)["data"]["code"] == "FORBIDDEN"
    by_address = {"Origin": "http://127.0.0.1:8000", "Host": "127.0.0.1:8000"}
    assert Agent(client).ask("tools/list", None, by_address).status_code == 200
    assert Agent(make()).ask("tools/list", None, {"Origin": "https://any.example"}).status_code == 200


def test_pages_may_send_the_headers_of_the_protocol(shared: FlaskClient) -> None:
    """A browser may send what the protocol asks for from other sites."""
    wanted = "content-type, mcp-protocol-version, mcp-method, mcp-name, authorization"
    answer = shared.options(
        "/mcp",
        headers={
            "Origin": "https://app.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": wanted,
        },
    )

    assert set(answer.headers["Access-Control-Allow-Headers"].lower().split(", ")) == set(wanted.split(", "))
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]


def test_a_large_body_is_refused(shared: FlaskClient) -> None:
    """A body over 64 KiB is refused by an error of JSON-RPC."""
    found = error(Agent(shared).send(b"[" + b" " * 70_000 + b"]"), 413)

    assert found["data"]["code"] == "PAYLOAD_TOO_LARGE"


def test_answers_are_packed_for_clients_that_read_gzip(agent: Agent) -> None:
    """A client that offers several encodings gets gzip, which all can read."""
    answer = agent.ask("tools/list", None, {"Accept-Encoding": "gzip, deflate, br, zstd"})

    assert answer.headers["Content-Encoding"] == "gzip"
