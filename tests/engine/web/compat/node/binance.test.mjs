// binance-api-node as it was released: only `httpBase` is the engine's.

import assert from "node:assert/strict";
import test from "node:test";

import Binance from "binance-api-node";

const client = Binance.default({ httpBase: `${process.env.ENGINE_URL}/compat/binance` });

test("it is there, and knows the time", async () => {
  assert.equal(await client.ping(), true);
  assert.ok(Math.abs((await client.time()) - Date.now()) < 60_000);
});

test("it knows the markets", async () => {
  const { symbols } = await client.exchangeInfo();
  const one = await client.exchangeInfo({ symbol: "ETHUSDT" });

  assert.ok(symbols.length >= 30);
  assert.ok(symbols.every(({ status, quoteAsset }) => status === "TRADING" && quoteAsset === "USDT"));
  assert.equal(one.symbols[0].baseAsset, "ETH");
});

test("it has candles", async () => {
  const candles = await client.candles({ symbol: "BTCUSDT", interval: "1h", limit: 3 });
  const [first, second] = candles;

  assert.equal(candles.length, 3);
  assert.equal(second.openTime - first.openTime, 3_600_000);
  assert.equal(first.closeTime, second.openTime - 1);
  assert.ok(Number(first.low) <= Number(first.open) && Number(first.open) <= Number(first.high));
});

test("it has prices", async () => {
  const all = await client.prices();
  const one = await client.prices({ symbol: "BTCUSDT" });
  const average = await client.avgPrice({ symbol: "BTCUSDT" });

  assert.ok(Object.keys(all).length >= 30);
  assert.equal(all.BTCUSDT, one.BTCUSDT);
  assert.match(one.BTCUSDT, /^[0-9]+\.[0-9]{8,}$/);
  assert.equal(average.mins, 5);
});

test("it has days", async () => {
  const day = await client.dailyStats({ symbol: "BTCUSDT" });
  const all = await client.dailyStats();

  assert.ok(Number(day.lowPrice) <= Number(day.lastPrice) && Number(day.lastPrice) <= Number(day.highPrice));
  assert.ok(all.length >= 30);
  assert.ok(all.every((each) => each.bidPrice === undefined && Number(each.lastPrice) > 0));
});

test("it reads the errors", async () => {
  await assert.rejects(client.candles({ symbol: "FOOUSDT" }), { code: -1121, message: "Invalid symbol." });
  await assert.rejects(client.candles({ symbol: "BTCUSDT", interval: "7h" }), { code: -1120 });
});

test("it has orders and trades", async () => {
  const book = await client.book({ symbol: "BTCUSDT", limit: 5 });
  const trades = await client.aggTrades({ symbol: "BTCUSDT" });

  assert.ok(Number(book.bids[0].price) < Number(book.asks[0].price));
  assert.ok(trades.length > 0 && Number(trades[0].price) > 0);
});
