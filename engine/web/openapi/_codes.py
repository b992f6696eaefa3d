"""The codes of failures, as `/docs` and docs/api.md explain them."""

CODES = {
    "INVALID_PARAMETER": (400, "a parameter or the body is invalid; `details` has the reasons"),
    "INVALID_SYMBOL": (
        400,
        "a name means no coin or pair; `details` has up to five similar ones under the name: "
        '`"DOGEE": {"didYouMean": ["DOGE"]}`',
    ),
    "INVALID_INTERVAL": (400, "an interval does not exist; `details` lists those that do"),
    "INVALID_INDICATOR": (400, "an indicator or one of its parameters is invalid; `details` has the reasons"),
    "INVALID_CHANNEL": (400, "a channel of a stream does not exist"),
    "INVALID_TARGET": (
        400,
        "no alert may be sent to a target of an alert rule; `details` has the reason under its place",
    ),
    "INVALID_REQUEST": (400, "the request cannot be read"),
    "AMBIGUOUS_SYMBOL": (
        400,
        "a name means several coins; `details` has them under the name: `id`, `name`, `venues`, `priceUsd`. "
        "`@id` means one of them",
    ),
    "RENAMED_SYMBOL": (
        400,
        "a coin was exchanged for another unit; `details` has `now`, `ratio` and `since` under the name",
    ),
    "TOO_MANY_CHANNELS": (400, "a stream has more channels than the tier allows"),
    "UNAUTHORIZED": (401, "the API key is unknown or has expired, or the endpoint requires one"),
    "FORBIDDEN": (
        403,
        "the page that opens a stream or calls `/mcp` is of an origin that `CORS_ORIGINS` does not name",
    ),
    "NOT_FOUND": (
        404,
        "the path, or the job, alert rule, page or market that it names, does not exist. For a path, "
        "`details` has similar ones in `didYouMean`, and where all are documented",
    ),
    "FEATURE_DISABLED": (404, "the operator has disabled the feature"),
    "HISTORY_DISABLED": (404, "the operator keeps no history"),
    "METHOD_NOT_ALLOWED": (405, "the path does not take the method; `Allow` has those that it takes"),
    "REQUEST_TIMEOUT": (408, "the body took more than 30 s to arrive"),
    "PAYLOAD_TOO_LARGE": (
        413,
        "the body exceeds the limit of its endpoint: 256 KB of texts to analyze, 64 KB of messages for "
        "agents and for endpoints that need no body, 32 KB of an alert rule or a single text "
        "(`/api/hf/run-sentiment`), 4 KB of a job, 1 KB of a refresh",
    ),
    "URI_TOO_LONG": (414, "the request line exceeds 8190 bytes"),
    "INSUFFICIENT_DATA": (422, "fewer candles exist than are required; `details` has both numbers"),
    "RANGE_TOO_LARGE": (
        422,
        "an export or a job is longer, or an export has more rows, than the tier allows; `details` has the "
        "limit",
    ),
    "LIMIT_REACHED": (422, "the tier allows no more alert rules, or a rule has two secrets"),
    "UPGRADE_REQUIRED": (426, "`/api/stream` was requested without the upgrade to a WebSocket"),
    "RATE_LIMITED": (
        429,
        "the client's quota is used up, or too many of its bodies are in transfer; `Retry-After` has the "
        "seconds to wait",
    ),
    "HEADERS_TOO_LARGE": (431, "the headers exceed 64 in number, 4 KB each or 40 KB in total"),
    "INTERNAL_ERROR": (500, "an internal error; the log has it under the request's `X-Request-ID`"),
    "PROVIDER_ERROR": (
        503,
        "every provider failed and no cached data exists; `details` has each reason, or `engine: Timeout` "
        "where the fetch of another request did not end in time",
    ),
    "OVERLOADED": (
        503,
        "the server has too many connections or bodies at the moment, or its database does not answer; "
        "`Retry-After` has the seconds to wait",
    ),
    "STREAM_FULL": (503, "no more streams, or no more series of streams, can be opened"),
    "HTTP_VERSION_NOT_SUPPORTED": (505, "the HTTP version is neither 1.1 nor 1.0"),
    "STORAGE_FULL": (507, "there is no room for the job or the alert rule"),
}
"""The status of each code, and when it is sent."""
FAILURES = """
# Failures

A failure has `success: false` and an `error` with `code`, `message`, `details` and sometimes `retryAfter` in
seconds. With `Accept: application/problem+json` it is that of RFC 9457. Its header `Link` leads here.

"""


def explained() -> str:
    """Return what failures look like, and their codes as a table, in Markdown."""
    rows = (f"| `{code}` | {status} | {when} |" for code, (status, when) in CODES.items())
    return FAILURES + "\n".join(("| code | status | when |", "|---|---|---|", *rows))
