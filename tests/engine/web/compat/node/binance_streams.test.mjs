// Three clients for Binance's streams as they were released: only the address is the engine's.

import assert from "node:assert/strict";
import test, { after } from "node:test";

import { Spot } from "@binance/spot";
import { WebsocketClient } from "binance";
import NodeBinanceApi from "node-binance-api";

const BASE = `${process.env.ENGINE_URL.replace("http", "ws")}/compat/binance`;
const SECONDS = 60;
const quiet = { trace() {}, info() {}, error() {} };
const MINUTE = 60_000;

// Clients keep timers for connecting again.
after(() => setTimeout(() => process.exit(), 100).unref());

function isKline({ s, k }) {
  assert.equal(s, "BTCUSDT");
  assert.equal(k.i, "1m");
  assert.equal(k.T, k.t + MINUTE - 1);
  assert.match(k.c, /^[0-9]+\.[0-9]{8,}$/);
  assert.equal(typeof k.x, "boolean");
}

test("binance", { timeout: SECONDS * 1000 }, async () => {
  const client = new WebsocketClient({ wsUrl: BASE }, quiet);
  const wanted = new Map([["kline", undefined], ["24hrMiniTicker", undefined]]);
  await new Promise((resolve, reject) => {
    client.on("exception", reject);
    client.on("message", (message) => {
      if (wanted.has(message.e)) {
        wanted.set(message.e, message);
      }
      if ([...wanted.values()].every(Boolean)) {
        resolve();
      }
    });
    client.subscribe(["btcusdt@kline_1m", "ethusdt@miniTicker"], "main");
  });
  isKline(wanted.get("kline"));
  assert.equal(wanted.get("24hrMiniTicker").s, "ETHUSDT");
  client.closeAll(true);
});

test("@binance/spot", { timeout: SECONDS * 1000 }, async () => {
  const client = new Spot({ configurationWebsocketStreams: { wsURL: BASE.replace("ws", "http") } });
  const connection = await client.websocketStreams.connect();
  const kline = connection.kline({ symbol: "btcusdt", interval: "1m" });
  const ticker = connection.ticker({ symbol: "ethusdt", id: "a-text-of-mine" });
  const [first, second] = await Promise.all(
    [kline, ticker].map((stream) => new Promise((resolve) => stream.on("message", resolve))),
  );
  isKline(first);
  assert.equal(second.s, "ETHUSDT");
  assert.ok(Number(second.l) <= Number(second.c) && Number(second.c) <= Number(second.h));
  await connection.disconnect();
});

test("node-binance-api", { timeout: SECONDS * 1000 }, async () => {
  const urls = { stream: `${BASE}/ws/`, combineStream: `${BASE}/stream?streams=` };
  const client = new NodeBinanceApi().options({ urls });
  isKline(await new Promise((resolve) => client.websockets.candlesticks("BTCUSDT", "1m", resolve)));
  const both = ["BTCUSDT", "ETHUSDT"];
  isKline(await new Promise((resolve) => client.websockets.candlesticks(both, "1m", (one) => one.s === "BTCUSDT" && resolve(one))));
  const all = await new Promise((resolve) => client.websockets.miniTicker(resolve));
  assert.ok(Object.keys(all).length > 0);
  for (const endpoint of Object.keys(client.websockets.subscriptions())) {
    client.websockets.terminate(endpoint);
  }
});
