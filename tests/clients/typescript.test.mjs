// The TypeScript client, as it is packed, against the engine at ENGINE_URL, whose key is KEY.
import assert from "node:assert/strict";
import test from "node:test";
import {
  Client,
  EngineError,
  FeatureDisabled,
  InvalidSymbol,
  NotFound,
  ProvidersFailed,
  RateLimited,
  Unauthorized,
  Unreachable,
  UnreadableAnswer,
} from "crypto-data-engine-client";

const url = process.env.ENGINE_URL;
const client = new Client(url, { key: process.env.KEY });
const HOUR = 3_600_000;

function answering(answers, options = {}) {
  const waits = [];
  const fetch = async () => answers.shift();
  const sleep = async (seconds) => void waits.push(seconds);
  return { client: new Client("http://engine", { fetch, sleep, ...options }), waits };
}

function failing(status, code, more = {}) {
  const body = { success: false, error: { code, message: "A sentence", ...more } };
  return new Response(JSON.stringify(body), { status, headers: { "X-Request-ID": "seven" } });
}

test("candles say where they are from and how old they are", async () => {
  const ask = async () => [
    await client.candles("BTC", "1h", { limit: 60 }),
    await (await fetch(`${url}/api/ohlcv?symbol=BTC&limit=60`)).json(),
  ];
  let [candles, sent] = await ask();
  if (candles.data.at(-1).timestamp < sent.data.at(-1).timestamp) [candles, sent] = await ask(); // an hour has just begun

  assert.deepEqual(candles.data.map((row) => row.timestamp), sent.data.map((row) => row.timestamp));
  assert.deepEqual(Object.keys(candles.body), Object.keys(sent));
  assert.deepEqual([candles.sources, candles.stale, candles.gaps, candles.lastClosed], [["binance"], false, [], false]);
  assert.ok(candles.ageSeconds >= 0 && candles.requestId);
});

test("every endpoint has a method", async () => {
  const prices = await client.prices(["BTC", "ETH"], { convert: "EUR", sparkline: true });

  assert.deepEqual(prices.data.map((row) => row.symbol), ["BTC", "ETH"]);
  assert.ok(prices.sources.includes("kraken"));
  assert.equal((await client.prices()).data[0].symbol, "BTC");
  assert.ok((await client.sentiment(undefined, { days: 3 })).data.fearGreed);
  assert.equal((await client.news("BTC", { limit: 2 })).data.length <= 2, true);
  assert.ok((await client.overview()).data.totalMarketCap);
  assert.ok((await client.pricesAt("BTC", new Date(Date.now() - HOUR), "USD")).data[0].price);
  assert.ok((await client.indicators("BTC", ["rsi:14"], "1h", { limit: 2 })).data[0]["rsi:14"]);
  assert.equal((await client.candlesBatch(["BTC", "DOGEE"], "1h", { limit: 50 })).data[1].error.code, "INVALID_SYMBOL");
  assert.equal((await client.coins({ q: "bitcoin", kind: "coin" }).next()).value.data[0].symbol, "BTC");
  assert.equal((await client.markets({ base: "BTC" }).next()).value.next, null);
  assert.ok((await client.history()).body.success);
  assert.equal((await client.health()).ageSeconds, null);
  assert.deepEqual((await client.health()).sources, []);
  assert.equal((await client.request("GET", "/api/account")).data.tier, "pro");
});

test("pages are the whole window", async () => {
  const [startTime, endTime] = [new Date("2026-05-01"), new Date("2026-06-25")];
  const times = [];
  let pages = 0;
  for await (const page of client.candlePages("BTC", "1h", { startTime, endTime })) {
    pages += 1;
    times.push(...page.data.map((row) => row.timestamp));
  }

  assert.equal(pages, 2);
  assert.equal(times.length, (endTime - startTime) / HOUR + 1);
  assert.ok(times.every((time, place) => time === startTime.getTime() + place * HOUR));
});

test("old data say so", async () => {
  const body = { success: true, data: [], source: "kraken", meta: { stale: true, ageSeconds: 4000.5 } };
  const prices = await answering([new Response(JSON.stringify(body))]).client.prices("BTC");

  assert.deepEqual([prices.stale, prices.ageSeconds, prices.sources, prices.body], [true, 4000.5, ["kraken"], body]);
});

test("errors have the engine's reasons", async () => {
  const wrong = await client.candles("DOGEE").catch((error) => error);

  assert.ok(wrong instanceof InvalidSymbol && wrong instanceof EngineError && wrong.name === "InvalidSymbol");
  assert.deepEqual(wrong.details.DOGEE, { didYouMean: ["DOGE"] });
  assert.equal(wrong.reasons.symbol, "DOGEE: unknown coin or pair");
  assert.ok(wrong.requestId && wrong.status === 400 && wrong.code === "INVALID_SYMBOL");
  await assert.rejects(client.get("/api/nowhere"), NotFound);
  await assert.rejects(new Client(url, { key: "unknown" }).prices(), Unauthorized);
  await assert.rejects(new Client("http://127.0.0.1:9").health(), Unreachable);
  await assert.rejects(answering([failing(404, "FEATURE_DISABLED")]).client.news(), FeatureDisabled);
  await assert.rejects(answering([new Response("<html>")]).client.news(), UnreadableAnswer);
  await assert.rejects(answering([new Response("<html>", { status: 502 })]).client.news(), { status: 502, code: null });
  const failed = failing(503, "PROVIDER_ERROR", { details: { binance: "Timeout" }, retryAfter: 60 });
  const error = await answering([failed]).client.prices().catch((it) => it);
  assert.ok(error instanceof ProvidersFailed);
  assert.deepEqual([error.reasons, error.retryAfter, error.requestId], [{ binance: "Timeout" }, 60, "seven"]);
});

test("a spent quota is waited for, within the client's patience", async () => {
  const spent = () => [
    failing(429, "RATE_LIMITED", { retryAfter: 7 }),
    new Response("", { status: 429, headers: { "Retry-After": "2" } }),
    new Response("", { status: 429 }),
  ];
  const patient = answering([...spent(), new Response('{"success": true, "data": []}')]);

  assert.deepEqual((await patient.client.prices()).data, []);
  assert.deepEqual(patient.waits, [7, 2, 1]);
  await assert.rejects(answering(spent(), { patience: 5 }).client.prices(), RateLimited);
});

test("a stream that cannot begin says why", async () => {
  await assert.rejects(client.stream("candles:DOGEE:1m").next(), { code: "INVALID_CHANNEL" });
  const { default: WebSocket } = await import("ws");
  const wired = new Client(url, { key: process.env.KEY, WebSocket });
  await assert.rejects(wired.stream("candles:DOGEE:1m", { transport: "socket" }).next(), { code: "INVALID_CHANNEL" });
  const full = 'retry: 3000\ndata: {"type": "error", "id": null, "error": {"code": "STREAM_FULL", "message": "Full"}}\n\n';
  const crowded = answering([new Response(full), new Response(full), new Response(full)], { patience: 8 });
  await assert.rejects(crowded.client.stream("news").next(), { code: "STREAM_FULL" });
  assert.ok(crowded.waits.length > 0 && crowded.waits.every((wait) => wait >= 3 && wait <= 4));
});

test("a signal ends a stream", async () => {
  const ending = new AbortController();
  const messages = client.stream("candles:BTCUSDT:1m", { signal: ending.signal });
  assert.equal((await messages.next()).value.channel, "candles:BTCUSDT:1m");
  ending.abort();
  assert.equal((await messages.next()).done, true);
});
