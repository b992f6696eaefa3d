/** A typed client of the crypto data engine, for browsers and Node. */

export { Answer, Candles, Indicators, Page } from "./answers.js";
export type { CandleOptions, Names, Time, Window } from "./client.js";
export { Client } from "./client.js";
export {
  AmbiguousSymbol,
  ClientError,
  EngineError,
  FeatureDisabled,
  InsufficientData,
  InternalError,
  InvalidRequest,
  InvalidSymbol,
  NotFound,
  Overloaded,
  ProvidersFailed,
  RangeTooLarge,
  RateLimited,
  RenamedSymbol,
  Unauthorized,
  Unreachable,
  UnreadableAnswer,
} from "./errors.js";
export type { Message, StreamOptions } from "./following.js";
export type { ClientOptions } from "./http.js";
export type { components, operations, paths } from "./schema.js";
