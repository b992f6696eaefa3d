/** Answers: their data, and how old they are and where they are from. */

import type { components } from "./schema.js";

type Schemas = components["schemas"];
type DataOf<Body> = Body extends { data: infer Data } ? Data : Body;
interface Meta {
  stale?: boolean;
  ageSeconds?: number;
  sources?: string[];
  next?: string | null;
}

const SEVERAL = "multi-provider";

/** An answer. `body` is all of it, as the engine sent it. */
export class Answer<Body> {
  constructor(
    readonly body: Body,
    readonly headers: Headers,
  ) {}

  get data(): DataOf<Body> {
    const body = this.body as { data?: unknown };
    return (body !== null && typeof body === "object" && "data" in body ? body.data : body) as DataOf<Body>;
  }

  /** Whether the data are older than their lifetime; null where they have none. */
  get stale(): boolean | null {
    return this.meta.stale ?? null;
  }

  /** Seconds since the data arrived from their provider; null where no provider is asked. */
  get ageSeconds(): number | null {
    const header = this.headers.get("Age");
    return this.meta.ageSeconds ?? (header === null ? null : Number(header));
  }

  /** The providers of the data. */
  get sources(): string[] {
    if (this.meta.sources) return this.meta.sources;
    const source = (this.body as { source?: string | null } | null)?.source;
    if (source && source !== SEVERAL) return [source];
    const rows: { sources?: unknown }[] = Array.isArray(this.data) ? this.data : [];
    const quotes = rows.flatMap((row) => (Array.isArray(row?.sources) ? row.sources : []));
    return [...new Set(quotes.flatMap((it: { provider?: string }) => it.provider ?? []))];
  }

  /** The id of the request, which the engine's log has, too. */
  get requestId(): string | null {
    return this.headers.get("X-Request-ID");
  }

  protected get meta(): Meta {
    return (this.body as { meta?: Meta } | null)?.meta ?? {};
  }
}

/** A page of a long list. */
export class Page<Body> extends Answer<Body> {
  /** What asks for the next page; null on the last one. */
  get next(): string | null {
    return this.meta.next ?? null;
  }
}

/** Candles of one series, the oldest first. `next` is the path of the next page. */
export class Candles extends Page<Schemas["OhlcvAnswer"]> {
  /** First and last missing open times of each gap, in Unix milliseconds. */
  get gaps(): number[][] {
    return this.body.meta.gaps;
  }

  /** Whether the newest candle has closed; null without candles. */
  get lastClosed(): boolean | null {
    return this.body.meta.lastCandleClosed;
  }
}

/** One row for each candle: `timestamp`, `close`, and each indicator under the name that was asked. */
export class Indicators extends Answer<Schemas["IndicatorsAnswer"]> {}
