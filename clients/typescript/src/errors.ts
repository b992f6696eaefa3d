/** The errors of the client, by the engine's codes. */

/** Every error of this client. */
export class ClientError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No answer arrived: no connection, a time-out, or a connection that was cut. `cause` says why. */
export class Unreachable extends ClientError {}

/** The answer is not what the engine sends, such as the page of a proxy. */
export class UnreadableAnswer extends ClientError {}

/** What the engine says about a failure. */
export interface Told {
  code?: string;
  message?: string;
  details?: Record<string, unknown>;
  retryAfter?: number;
}

/** A failure that the engine reports. `code` is null where something else answered. */
export class EngineError extends ClientError {
  readonly code: string | null;
  /** Reasons by provider or parameter. */
  readonly details: Record<string, unknown>;
  /** Seconds after which a later request may succeed. */
  readonly retryAfter: number | null;

  constructor(
    readonly status: number,
    told: Told = {},
    readonly requestId: string | null = null,
    retryAfter: number | null = null,
  ) {
    super(told.message ?? `HTTP ${status}`);
    this.code = told.code ?? null;
    this.details = told.details ?? {};
    this.retryAfter = told.retryAfter ?? retryAfter;
  }

  /** One text for each of `details`. */
  get reasons(): Record<string, string> {
    const texts = Object.entries(this.details).map(([name, it]) => [
      name,
      typeof it === "string" ? it : Array.isArray(it) ? it.join(", ") : JSON.stringify(it),
    ]);
    return Object.fromEntries(texts);
  }
}

/** A parameter is invalid; `reasons` names it. */
export class InvalidRequest extends EngineError {}
/** No such coin or pair; `details` may have `didYouMean`. */
export class InvalidSymbol extends InvalidRequest {}
/** A name of several coins; `details` has them. */
export class AmbiguousSymbol extends InvalidSymbol {}
/** A coin of which one old unit is not one new unit; `details` has the ratio. */
export class RenamedSymbol extends InvalidSymbol {}
/** The key is unknown, or one is needed. */
export class Unauthorized extends EngineError {}
/** No such thing. */
export class NotFound extends EngineError {}
/** The engine runs without this feature, or without a history. */
export class FeatureDisabled extends NotFound {}
/** Fewer candles exist than are required. */
export class InsufficientData extends EngineError {}
/** The range is larger than the tier allows; `details` has the limit. */
export class RangeTooLarge extends EngineError {}
/** The quota is spent, for longer than the client may wait. */
export class RateLimited extends EngineError {}
/** A fault of the engine. */
export class InternalError extends EngineError {}
/** The engine cannot serve now. */
export class Overloaded extends EngineError {}
/** Every provider failed and nothing is cached; `reasons` has one for each. */
export class ProvidersFailed extends Overloaded {}

const BY_CODE: Record<string, typeof EngineError> = {
  INVALID_SYMBOL: InvalidSymbol,
  AMBIGUOUS_SYMBOL: AmbiguousSymbol,
  RENAMED_SYMBOL: RenamedSymbol,
  FEATURE_DISABLED: FeatureDisabled,
  HISTORY_DISABLED: FeatureDisabled,
  INSUFFICIENT_DATA: InsufficientData,
  RANGE_TOO_LARGE: RangeTooLarge,
  PROVIDER_ERROR: ProvidersFailed,
};
const BY_STATUS: Record<number, typeof EngineError> = {
  400: InvalidRequest,
  401: Unauthorized,
  404: NotFound,
  429: RateLimited,
  500: InternalError,
  503: Overloaded,
};

/** Return the error that `error` of a body or of a message tells. */
export function failure(
  status: number,
  told: Told,
  requestId: string | null = null,
  retryAfter: number | null = null,
): EngineError {
  const Kind = BY_CODE[told.code ?? ""] ?? BY_STATUS[status] ?? EngineError;
  return new Kind(status, told, requestId, retryAfter);
}

/** Return the error that an answer reports, by its code, or else by its status. */
export async function errorOf(response: Response): Promise<EngineError> {
  const text = await response.text();
  const header = response.headers.get("Retry-After") ?? "";
  const retryAfter = /^\d+$/.test(header) ? Number(header) : null;
  return failure(response.status, toldIn(text), response.headers.get("X-Request-ID"), retryAfter);
}

function toldIn(text: string): Told {
  try {
    const told: unknown = (JSON.parse(text) as { error?: unknown } | null)?.error;
    return typeof told === "object" && told !== null ? told : {};
  } catch {
    return {}; // something else than the engine answered
  }
}
