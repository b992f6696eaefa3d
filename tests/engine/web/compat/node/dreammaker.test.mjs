// Dreammaker's way of calling: with its axios, its settings, and its parser.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import axios from "axios";

const BASE = process.env.ENGINE_URL;
const HEADERS = { "Content-Type": "application/json", "User-Agent": "DreammakerCrypto/1.0" };
const REQUIRED = "BTC ETH SOL XRP BNB ADA DOT LINK LTC BCH MATIC AVAX XLM TRX".split(" ");

const engine = axios.create({ baseURL: BASE, timeout: 30000, headers: HEADERS });
const cryptocompare = axios.create({
  baseURL: `${BASE}/compat/cryptocompare`,
  timeout: 30000,
  headers: { authorization: "Apikey 0123456789abcdef" },
});

function isRow(row, fields) {
  for (const [name, type] of Object.entries(fields)) {
    assert.equal(typeof row[name], type, `${name} of ${JSON.stringify(row)}`);
  }
}

function isMoment(text) {
  assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.ok(Number.isFinite(Date.parse(text)));
}

// Its checks of candles before it makes a signal of them.
function isSeries(candles) {
  assert.ok(candles.length >= 50);
  let before = -Infinity;
  for (const candle of candles) {
    for (const name of ["timestamp", "open", "high", "low", "close", "volume"]) {
      assert.equal(typeof candle[name], "number", name);
      assert.ok(Number.isFinite(candle[name]), name);
    }
    assert.ok(candle.low > 0);
    assert.ok(candle.high >= Math.max(candle.open, candle.close));
    assert.ok(candle.low <= Math.min(candle.open, candle.close));
    assert.ok(candle.timestamp > before);
    assert.ok(candle.timestamp > 1e12, "milliseconds");
    before = candle.timestamp;
  }
}

// It finds a coin by substring, both ways round, and takes the first.
function find(rows, wanted) {
  return rows.find((row) => row.symbol.includes(wanted) || wanted.includes(row.symbol));
}

describe("its client library", () => {
  test("health", async () => {
    const { data } = await engine.get("/health");
    assert.ok(["up", "degraded"].includes(data.status));
    isMoment(data.timestamp);
    isRow(data, { uptime: "number", version: "string" });
  });

  test("info", async () => {
    const { data } = await engine.get("/info");
    isRow(data, { name: "string", version: "string", description: "string" });
    assert.ok(Array.isArray(data.endpoints));
  });

  test("providers are a bare array", async () => {
    const { data } = await engine.get("/api/providers");
    assert.ok(Array.isArray(data));
    for (const provider of data) {
      isRow(provider, { name: "string", enabled: "boolean", priority: "number" });
      isRow(provider.rate_limit, { requests: "number", period: "number" });
      assert.ok(["healthy", "degraded", "down", "disabled"].includes(provider.status));
    }
  });

  test("the largest coins are a bare array in the order of their rank", async () => {
    const { data } = await engine.get("/api/crypto/prices/top", { params: { limit: 100 } });
    assert.ok(Array.isArray(data));
    for (const row of data) {
      isRow(row, { symbol: "string", name: "string", price: "number", change_24h: "number" });
      isRow(row, { volume_24h: "number", market_cap: "number", rank: "number" });
      assert.ok(row.price > 0);
      isMoment(row.last_updated);
    }
    const ranks = data.map((row) => row.rank);
    assert.deepEqual(ranks, [...ranks].sort((one, other) => one - other));
  });

  test("each required coin is found by its name and by its pair", async () => {
    for (const limit of [14, 50, 100]) {
      const { data } = await engine.get("/api/crypto/prices/top", { params: { limit } });
      for (const symbol of REQUIRED) {
        assert.equal(find(data, symbol)?.symbol, symbol);
        assert.equal(find(data, `${symbol}USDT`)?.symbol, symbol);
      }
    }
  });

  test("the overview of the market", async () => {
    const { data } = await engine.get("/api/crypto/market-overview");
    isRow(data, { total_market_cap: "number", total_volume_24h: "number", btc_dominance: "number" });
    isRow(data, { eth_dominance: "number", market_cap_change_24h: "number" });
    isRow(data, { active_cryptocurrencies: "number", markets: "number" });
  });

  test("categories are a bare array", async () => {
    const { data } = await engine.get("/api/categories");
    assert.ok(Array.isArray(data));
    for (const row of data) {
      isRow(row, { id: "string", name: "string", market_cap: "number", volume_24h: "number" });
      assert.ok(Array.isArray(row.top_3_coins));
    }
  });

  test("the remaining budget of each provider is a bare array", async () => {
    const { data } = await engine.get("/api/rate-limits");
    assert.ok(Array.isArray(data) && data.length > 0);
    for (const row of data) {
      isRow(row, { provider: "string", limit: "number", remaining: "number" });
      assert.ok(row.remaining <= row.limit);
      isMoment(row.reset_at);
    }
  });

  test("logs and alerts are bare arrays", async () => {
    const logs = await engine.get("/api/logs", { params: { limit: 10 } });
    const alerts = await engine.get("/api/alerts");
    assert.ok(Array.isArray(logs.data) && logs.data.length <= 10);
    assert.ok(Array.isArray(alerts.data));
    for (const row of [...logs.data, ...alerts.data]) {
      isMoment(row.timestamp);
      isRow(row, { level: "string", message: "string" });
    }
  });

  test("the text-sentiment model", async () => {
    const health = await engine.get("/api/hf/health");
    const registry = await engine.get("/api/hf/registry");
    const verdict = await engine.post("/api/hf/run-sentiment", { text: "Bitcoin soars to a record high" });
    assert.equal(health.data.status, "up");
    assert.ok(registry.data.models.length > 0 && registry.data.data_sources.length > 0);
    assert.equal(verdict.data.sentiment, "positive");
    isRow(verdict.data, { text: "string", score: "number", confidence: "number" });
  });

  test("a refresh says what it refreshed, once a minute", async () => {
    const first = await engine.post("/api/hf/refresh", {});
    const second = await engine.post("/api/hf/refresh", {});
    assert.ok(first.data.refreshed.includes("prices"));
    assert.deepEqual(second.data.refreshed, []);
    assert.ok(second.data.retry_after <= 60);
  });

  test("a failure is thrown, with the engine's reason", async () => {
    const wrong = engine.get("/api/crypto/prices/top", { params: { limit: "many" } });
    await assert.rejects(wrong, (error) => {
      assert.equal(error.response.status, 400);
      assert.equal(error.response.data.error.code, "INVALID_PARAMETER");
      return true;
    });
  });
});

describe("its candles", () => {
  const asked = [
    ["/histominute", 1, 60],
    ["/histominute", 5, 300],
    ["/histominute", 15, 900],
    ["/histohour", 1, 3600],
    ["/histohour", 4, 14400],
    ["/histoday", 1, 86400],
    ["/v2/histohour", 1, 3600],
  ];
  for (const [page, aggregate, seconds] of asked) {
    test(`${page} by ${aggregate}`, async () => {
      const params = { fsym: "BTC", tsym: "USD", limit: 96, aggregate };
      const { data } = await cryptocompare.get(page, { params });
      assert.notEqual(data.Response, "Error", data.Message);
      assert.equal(data.Data.Data.length, 97);
      const candles = data.Data.Data.map((row) => ({
        timestamp: row.time * 1000,
        open: row.open,
        high: row.high,
        low: row.low,
        close: row.close,
        volume: row.volumeto,
      }));
      isSeries(candles);
      const steps = new Set(candles.slice(1).map((row, at) => row.timestamp - candles[at].timestamp));
      assert.deepEqual([...steps], [seconds * 1000]);
    });
  }

  test("every required coin has them", async () => {
    for (const fsym of REQUIRED) {
      const params = { fsym, tsym: "USD", limit: 96, aggregate: 1 };
      const { data } = await cryptocompare.get("/histohour", { params });
      assert.equal(data.Data.Data.length, 97, fsym);
    }
  });

  test("an interval that is not served is an error, not another interval", async () => {
    const params = { fsym: "BTC", tsym: "USD", limit: 96, aggregate: 1000 };
    const { status, data } = await cryptocompare.get("/histominute", { params });
    assert.equal(status, 200);
    assert.equal(data.Response, "Error");
  });
});

describe("newer clients of its family", () => {
  test("candles by timeframe, in two ways", async () => {
    for (const path of ["/api/ohlcv?symbol=BTC", "/api/ohlcv/BTC"]) {
      const { data } = await engine.get(path, { params: { timeframe: "15m", limit: 100 } });
      assert.equal(data.interval, "15m");
      isSeries(data.data);
    }
  });

  test("prices of an array of coins, as axios writes it", async () => {
    const { data } = await engine.get("/api/prices", { params: { symbols: ["BTC", "ETH"] } });
    assert.deepEqual(
      data.data.map((row) => row.symbol),
      ["BTC", "ETH"],
    );
  });

  test("coins, the market, and trending coins", async () => {
    const top = await engine.get("/api/coins/top", { params: { limit: 20 } });
    const market = await engine.get("/api/market", { params: { limit: 20 } });
    const trending = await engine.get("/api/trending");
    assert.equal(top.data.coins.length, 20);
    isRow(market.data, { total_market_cap: "number", total_volume: "number", btc_dominance: "number" });
    isRow(market.data, { eth_dominance: "number", active_coins: "number" });
    for (const coin of [...top.data.coins, ...market.data.data]) {
      isRow(coin, { id: "string", symbol: "string", name: "string", current_price: "number" });
      isRow(coin, { price_change_percentage_24h: "number", market_cap: "number" });
      isRow(coin, { total_volume: "number", rank: "number" });
    }
    assert.ok(trending.data.coins.length > 0);
  });

  test("the sentiment", async () => {
    const { data } = await engine.get("/api/sentiment/global");
    const words = ["extreme_fear", "fear", "neutral", "greed", "extreme_greed"];
    assert.ok(words.includes(data.sentiment));
    assert.equal(data.fear_greed_index, data.value);
    isMoment(data.timestamp);
  });

  test("news", async () => {
    const { data } = await engine.get("/api/news/latest", { params: { limit: 5 } });
    assert.equal(data.articles.length, 5);
    for (const article of data.articles) {
      isRow(article, { title: "string", url: "string", source: "string", sentiment: "string" });
      isMoment(article.published_at);
    }
  });

  test("status", async () => {
    const { data } = await engine.get("/api/status");
    isRow(data, { status: "string", version: "string", uptime: "number" });
  });

  test("a page's preflight", async () => {
    const headers = { Origin: "https://page.example", "Access-Control-Request-Method": "GET" };
    const answer = await engine.request({ method: "OPTIONS", url: "/api/crypto/prices/top", headers });
    assert.equal(answer.headers["access-control-allow-origin"], "*");
  });
});
