// Agents in TypeScript: the official SDK as it was, with a handshake, and as it is, without one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as EarlierClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as EarlierTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const ADDRESS = new URL("/mcp", process.env.ENGINE_URL);
const NAME = { name: "agent", version: "1.0.0" };
const NAMES =
  "get_candles get_prices get_prices_at get_indicators get_sentiment get_news search_symbols".split(" ");

// The client holds each answer against the tool's schema, and throws where they differ.
async function usesTheTools(client) {
  const { tools } = await client.listTools();
  assert.deepEqual(
    tools.map(({ name }) => name),
    NAMES,
  );
  assert.ok(tools.every(({ annotations }) => annotations.readOnlyHint && annotations.idempotentHint));

  const symbol = { symbol: "BTC", interval: "1h", limit: 3 };
  const candles = await client.callTool({ name: "get_candles", arguments: symbol });
  assert.equal(candles.structuredContent.data.length, 3);
  assert.equal(typeof candles.structuredContent.source, "string");
  assert.deepEqual(JSON.parse(candles.content[0].text), candles.structuredContent);

  for (const [name, given] of Object.entries({
    get_prices: { symbols: ["BTC", "ETH"] },
    get_indicators: { symbol: "BTC", indicators: ["rsi:14"] },
    search_symbols: { q: "bit" },
  })) {
    const answer = await client.callTool({ name, arguments: given });
    assert.ok(!answer.isError, name);
    assert.ok(answer.structuredContent.data.length > 0, name);
  }

  const failed = await client.callTool({ name: "get_candles", arguments: { symbol: "NOSUCHCOIN" } });
  assert.equal(failed.isError, true);
  assert.equal(JSON.parse(failed.content[0].text).error.code, "INVALID_SYMBOL");
}

test("the client of earlier revisions shakes hands and uses the tools", async () => {
  const client = new EarlierClient(NAME);
  const transport = new EarlierTransport(ADDRESS);
  await client.connect(transport);
  assert.equal(transport.protocolVersion, "2025-11-25");
  assert.equal(transport.sessionId, undefined);
  await usesTheTools(client);
  await client.ping();
  await assert.rejects(client.callTool({ name: "no_such_tool", arguments: {} }), { code: -32602 });
  await client.close();
});

test("the client of today asks without a handshake", async () => {
  const client = new Client(NAME, { versionNegotiation: { mode: "auto" } });
  await client.connect(new StreamableHTTPClientTransport(ADDRESS));
  assert.equal(client.getNegotiatedProtocolVersion(), "2026-07-28");
  assert.equal(client.getServerVersion().name, "crypto-data-engine");
  await usesTheTools(client);
  await client.close();
});
