// The start, candles and prices of each client: `node clients.mjs ADDRESS [CLIENT]`.
// A line of JSON follows each call that gave something. The first one that fails ends the process.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const [url, only] = process.argv.slice(2);
const BINANCE = `${url}/compat/binance`;
const GECKO = `${url}/compat/coingecko/api/v3`;
const COMPARE = `${url}/compat/cryptocompare`;
const symbol = "BTCUSDT";
const hours = { symbol, interval: "1h", limit: 3 };

const clients = {
  "@binance/connector": async function* () {
    const { Spot } = (await import("@binance/connector")).default;
    const client = new Spot("", "", { baseURL: BINANCE });
    yield ["exchangeInfo", (await client.exchangeInfo()).data.symbols];
    yield ["klines", (await client.klines(symbol, "1h", { limit: 3 })).data];
    yield ["ticker24hr", (await client.ticker24hr("", [symbol, "ETHUSDT"])).data];
    yield ["tickerPrice", (await client.tickerPrice()).data];
  },
  "@binance/spot": async function* () {
    const { Spot } = await import("@binance/spot");
    const { restAPI } = new Spot({ configurationRestAPI: { apiKey: "", basePath: BINANCE } });
    yield ["exchangeInfo", (await (await restAPI.exchangeInfo()).data()).symbols];
    yield ["klines", await (await restAPI.klines(hours)).data()];
    yield ["ticker24hr", await (await restAPI.ticker24hr()).data()];
    yield ["tickerPrice", await (await restAPI.tickerPrice()).data()];
  },
  binance: async function* () {
    const { MainClient } = await import("binance");
    const client = new MainClient({ baseUrl: BINANCE });
    yield ["testConnectivity", Object.keys(await client.testConnectivity()).length === 0 && [true]];
    yield ["getExchangeInfo", (await client.getExchangeInfo()).symbols];
    yield ["getKlines", await client.getKlines(hours)];
    yield ["get24hrChangeStatistics", await client.get24hrChangeStatistics()];
    yield ["getSymbolPriceTicker", await client.getSymbolPriceTicker()];
  },
  "binance-api-node": async function* () {
    const { default: Binance } = (await import("binance-api-node")).default;
    const client = Binance({ httpBase: BINANCE });
    yield ["exchangeInfo", (await client.exchangeInfo()).symbols];
    yield ["candles", await client.candles(hours)];
    yield ["dailyStats", await client.dailyStats()];
    yield ["prices", Object.keys(await client.prices())];
  },
  "node-binance-api": async function* () {
    const { default: Binance } = await import("node-binance-api");
    const client = new Binance().options({ urls: { base: `${BINANCE}/api/` } });
    yield ["exchangeInfo", (await client.exchangeInfo()).symbols];
    yield ["candlesticks", await client.candlesticks(symbol, "1h", { limit: 3 })];
    yield ["prevDay", [await client.prevDay(symbol)]];
    yield ["prices", Object.keys(await client.prices())];
  },
  "@coingecko/coingecko-typescript": async function* () {
    const { default: Coingecko } = await import("@coingecko/coingecko-typescript");
    const client = new Coingecko({ demoAPIKey: "any", baseURL: GECKO });
    const bitcoin = { vs_currency: "usd", days: "7" };
    yield ["ping.get", [(await client.ping.get()).gecko_says]];
    yield ["coins.list.get", await client.coins.list.get()];
    yield ["simple.price.get", [(await client.simple.price.get({ vs_currencies: "usd", ids: "bitcoin" })).bitcoin.usd]];
    yield ["coins.markets.get", await client.coins.markets.get({ vs_currency: "usd" })];
    yield ["coins.ohlc.get", await client.coins.ohlc.get("bitcoin", bitcoin)];
    yield ["coins.marketChart.get", (await client.coins.marketChart.get("bitcoin", bitcoin)).prices];
  },
  cryptocompare: async function* () {
    const send = globalThis.fetch; // it has no setting for its address
    globalThis.fetch = (address) => send(address.replace("https://min-api.cryptocompare.com", COMPARE));
    const { default: client } = await import("cryptocompare");
    yield ["coinList", Object.keys((await client.coinList()).Data)];
    yield ["price", [(await client.price("BTC", ["USD", "USDT"])).USD]];
    yield ["priceFull", [(await client.priceFull(["BTC"], ["USD"])).BTC.USD.PRICE]];
    yield ["priceHistorical", [(await client.priceHistorical("BTC", ["USD"], new Date("2025-01-01"))).USD]];
    const pages = { histoMinute: 60, histoHour: 3600, histoDay: 86_400 };
    for (const [page, seconds] of Object.entries(pages)) {
      const [first, second] = await client[page]("BTC", "USD", { limit: 3 });
      yield [page, [second.time - first.time === seconds && first.close]];
    }
  },
};

for (const [client, calls] of Object.entries(clients).filter(([name]) => !only || name === only)) {
  const { version } = JSON.parse(readFileSync(`node_modules/${client}/package.json`, "utf8"));
  for await (const [call, given] of calls()) {
    assert.ok(given.length > 0 && given[0], `${client}: ${call} gave nothing`);
    console.log(JSON.stringify({ client, version, call }));
  }
}
process.exit(); // some clients keep timers
