"""An agent that speaks the protocol in any revision, and can break its rules."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

Json = Any
TODAY = "2026-07-28"
PREFIX = "io.modelcontextprotocol/"


@dataclass(frozen=True)
class Agent:
    """Posts messages over `client` in `revision`; `None` sends no header about it."""

    client: FlaskClient
    revision: str | None = TODAY

    def ask(self, method: str, params: Json = None, headers: dict[str, str] | None = None) -> Json:
        """Send a request, and return the answer."""
        return self.send(self.message(method, params), {**self.headers(method, params), **(headers or {})})

    def call(self, tool: str, arguments: Json = None, headers: dict[str, str] | None = None) -> Json:
        """Call a tool, and return its result."""
        answer = self.ask("tools/call", {"name": tool, "arguments": arguments or {}}, headers)
        assert answer.status_code == 200, answer.text
        return answer.json["result"]

    def send(self, body: Json, headers: dict[str, str] | None = None) -> Json:
        """Post a body of any kind."""
        if isinstance(body, bytes):
            return self.client.post("/mcp", headers=headers, data=body)
        return self.client.post("/mcp", headers=headers, json=body)

    def message(self, method: str, params: Json = None) -> Json:
        """Return a request of this revision."""
        given = dict(params or {})
        if self.revision == TODAY:
            given["_meta"] = {f"{PREFIX}protocolVersion": TODAY, f"{PREFIX}clientCapabilities": {}}
        return {"jsonrpc": "2.0", "id": 7, "method": method, "params": given}

    def headers(self, method: str, params: Json = None) -> dict[str, str]:
        """Return the headers of a request of this revision."""
        if self.revision is None:
            return {}
        if self.revision != TODAY:
            return {"MCP-Protocol-Version": self.revision}
        name = (params or {}).get("name")
        named = {"Mcp-Name": name} if isinstance(name, str) else {}
        return {"MCP-Protocol-Version": TODAY, "Mcp-Method": method, **named}
