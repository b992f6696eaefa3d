/** The client. */

import { Answer, Candles, Indicators, Page } from "./answers.js";
import { ClientError } from "./errors.js";
import { Following, type Message, type StreamOptions } from "./following.js";
import { type ClientOptions, Http, type Parameters, translated } from "./http.js";
import type { components, operations } from "./schema.js";
import { dial, events, socket } from "./transports.js";

type Schemas = components["schemas"];
type Query<Name extends keyof operations> = NonNullable<operations[Name]["parameters"]["query"]>;
/** One name or several. */
export type Names = string | readonly string[];
/** Unix seconds or milliseconds, ISO 8601, or a `Date`. */
export type Time = Date | number | string;
export interface Window {
  startTime?: Time;
  endTime?: Time;
}
export interface CandleOptions
  extends Window,
    Pick<Query<"ohlcv_get_ohlcv">, "limit" | "closedOnly" | "source" | "fields"> {
  asOf?: Time;
}
type Interval = NonNullable<Query<"ohlcv_get_ohlcv">["interval"]>;
type CoinFilters = Pick<Query<"catalogue_get_symbols">, "q" | "kind" | "state" | "limit">;
type MarketFilters = Pick<Query<"catalogue_get_markets">, "base" | "quote" | "venue" | "limit">;

/** A client of the engine at `url`. */
export class Client {
  readonly #http: Http;
  readonly #WebSocket: typeof WebSocket | undefined;

  constructor(url = "http://localhost:8000", options: ClientOptions = {}) {
    this.#http = new Http(url, options);
    this.#WebSocket = (options.WebSocket as typeof WebSocket | undefined) ?? globalThis.WebSocket;
  }

  /** Get candles, the oldest first; the newest may be open. */
  async candles(symbol: string, interval: Interval = "1h", options: CandleOptions = {}): Promise<Candles> {
    return new Candles(...(await this.#get<Schemas["OhlcvAnswer"]>("/api/ohlcv", { symbol, interval, ...options })));
  }

  /** Get all candles of a window, page by page: forward with `startTime`, backward with `endTime` alone. */
  async *candlePages(
    symbol: string,
    interval: Interval = "1h",
    options: CandleOptions = {},
  ): AsyncGenerator<Candles, void> {
    let page = await this.candles(symbol, interval, { limit: 1000, ...options });
    yield page;
    while (page.next !== null) {
      page = new Candles(...(await this.#get<Schemas["OhlcvAnswer"]>(page.next)));
      yield page;
    }
  }

  /** Get several series at once, in the order asked; one that failed has `error`. */
  async candlesBatch(symbols: Names, intervals: Names = "1h", options: CandleOptions = {}) {
    return this.get<Schemas["OhlcvBatchAnswer"]>("/api/ohlcv/batch", { symbols, intervals, ...options });
  }

  /** Get indicators such as `rsi:14` of a series, one row for each candle. */
  async indicators(symbol: string, indicators: Names, interval: Interval = "1h", options: CandleOptions = {}) {
    const query = { symbol, indicators, interval, ...options };
    return new Indicators(...(await this.#get<Schemas["IndicatorsAnswer"]>("/api/indicators", query)));
  }

  /** Get prices of coins; without `symbols` those of the thirty pinned ones. */
  async prices(symbols?: Names, options: Pick<Query<"prices_get_prices">, "convert" | "sparkline"> = {}) {
    return this.get<Schemas["PricesAnswer"]>("/api/prices", { symbols, ...options });
  }

  /** Get prices of a past minute. */
  async pricesAt(symbols: Names, time: Time, convert: "USDT" | "USD" = "USDT") {
    return this.get<Schemas["PastPricesAnswer"]>("/api/prices/at", { symbols, time, convert });
  }

  /** Get the sentiment of the market, or of a coin. */
  async sentiment(symbol?: string, options: { days?: number } = {}) {
    return this.get<Schemas["SentimentAnswer"]>("/api/sentiment", { symbol, ...options });
  }

  /** Get stories, the newest first. Throws `FeatureDisabled` where the engine has no news. */
  async news(symbols?: Names, options: Pick<Query<"news_get_news">, "limit" | "sentiment"> = {}) {
    return this.get<Schemas["NewsAnswer"]>("/api/news", { symbols, ...options });
  }

  /** Get the whole market. */
  async overview() {
    return this.get<Schemas["OverviewAnswer"]>("/api/market/overview");
  }

  /** Get the coins of the catalogue, page by page. */
  coins(filters: CoinFilters = {}) {
    return this.#pages<Schemas["ListedCoinsAnswer"]>("/api/symbols", filters);
  }

  /** Get the markets of exchanges, page by page. */
  markets(filters: MarketFilters = {}) {
    return this.#pages<Schemas["MarketsAnswer"]>("/api/markets", filters);
  }

  /** Get what the engine's archive has. */
  async history() {
    return this.get<Schemas["HistoryAnswer"]>("/api/history");
  }

  /** Get the state of the engine. */
  async health() {
    return this.get<Schemas["HealthAnswer"]>("/api/health");
  }

  /** Get any other path of the engine. */
  async get<Body>(path: string, query: Parameters = {}): Promise<Answer<Body>> {
    return new Answer(...(await this.#get<Body>(path, query)));
  }

  /** Send any other request of the engine, such as those for alert rules. `body` is sent as JSON. */
  async request<Body>(method: string, path: string, query: Parameters = {}, body?: unknown): Promise<Answer<Body>> {
    return new Answer(...(await this.#http.send<Body>(method, path, query, body)));
  }

  /**
   * Yield the messages of channels such as `candles:BTCUSDT:1m` without end.
   *
   * After a cut it goes on strictly after the last message.
   */
  async *stream(channels: Names, options: StreamOptions = {}): AsyncGenerator<Message, void> {
    if (options.transport === "socket" && !this.#WebSocket) {
      throw new ClientError("This platform has no WebSocket: give the client one as an option");
    }
    const following = new Following([channels].flat(), options, this.#http.patience);
    while (!options.signal?.aborted) {
      try {
        yield* await this.#connection(following);
      } catch (error) {
        if (options.signal?.aborted) return;
        following.refused(translated(error));
      }
      await this.#http.sleep(following.pause());
    }
  }

  async #connection(following: Following): Promise<AsyncGenerator<Message, void>> {
    const { options, channels, cursor } = following;
    const ticket = (await options.ticket?.()) ?? null;
    if (options.transport === "socket" && this.#WebSocket) {
      return socket(dial(this.#WebSocket, this.#http.url, ticket ?? (await this.#ticket())), following);
    }
    const query = { channels, closedOnly: options.closedOnly, after: cursor, ticket };
    return events((signal) => this.#http.open("/api/stream/sse", query, signal), following);
  }

  /** Get a ticket, because browsers send no headers with a WebSocket; null without a key. */
  async #ticket(): Promise<string | null> {
    if (!this.#http.keyed) return null;
    const [body] = await this.#http.send<Schemas["TicketAnswer"]>("POST", "/api/stream/ticket");
    return body.data.ticket;
  }

  async *#pages<Body>(path: string, filters: Parameters): AsyncGenerator<Page<Body>, void> {
    let cursor: string | null = null;
    do {
      const query: Parameters = { limit: 100, ...filters, cursor };
      const page: Page<Body> = new Page(...(await this.#http.send<Body>("GET", path, query)));
      yield page;
      cursor = page.next;
    } while (cursor !== null);
  }

  #get<Body>(path: string, query: Parameters = {}): Promise<[Body, Headers]> {
    return this.#http.send<Body>("GET", path, query);
  }
}
