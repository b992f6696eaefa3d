"""The codes of failures, as the page of the documents explains them."""

CODES = {
    "INVALID_PARAMETER": (400, "a parameter or the body is invalid; `details` has the reasons"),
    "INVALID_SYMBOL": (400, "a name is of no coin or pair; `details` has similar ones"),
    "INVALID_INTERVAL": (400, "an interval is none of those that there are"),
    "INVALID_INDICATOR": (400, "an indicator, or a parameter of one, is none of those that there are"),
    "INVALID_CHANNEL": (400, "a channel of a stream does not exist"),
    "INVALID_TARGET": (400, "no alert may be sent to a target of a rule"),
    "INVALID_REQUEST": (400, "the request cannot be read"),
    "AMBIGUOUS_SYMBOL": (400, "a name means several coins; `@id` means one of them"),
    "RENAMED_SYMBOL": (400, "a coin was exchanged for another unit; `details` has the ratio"),
    "TOO_MANY_CHANNELS": (400, "a stream has as many channels as the tier allows"),
    "UNAUTHORIZED": (401, "the API key is unknown or has expired, or the endpoint needs one"),
    "FORBIDDEN": (403, "the page that opens a stream is of an origin that is not allowed"),
    "NOT_FOUND": (404, "the path, or what it names, does not exist"),
    "FEATURE_DISABLED": (404, "the operator has disabled the feature"),
    "HISTORY_DISABLED": (404, "the operator keeps no history"),
    "METHOD_NOT_ALLOWED": (405, "the method is not allowed; `Allow` has those that are"),
    "REQUEST_TIMEOUT": (408, "the body took too long to arrive"),
    "PAYLOAD_TOO_LARGE": (413, "the body is too large"),
    "URI_TOO_LONG": (414, "the request line is too long"),
    "INSUFFICIENT_DATA": (422, "fewer candles exist than are required"),
    "RANGE_TOO_LARGE": (422, "the range is larger than the tier allows"),
    "LIMIT_REACHED": (422, "the tier allows no more alert rules, or a rule has two secrets"),
    "UPGRADE_REQUIRED": (426, "the request is none of a WebSocket"),
    "RATE_LIMITED": (429, "the quota is used up; `Retry-After` has the seconds to wait"),
    "HEADERS_TOO_LARGE": (431, "there are too many headers, or too long ones"),
    "INTERNAL_ERROR": (500, "an internal error; the log has it under the id of the request"),
    "PROVIDER_ERROR": (503, "every provider failed and nothing is cached; `details` has each reason"),
    "OVERLOADED": (503, "the server has too many connections or bodies, or its database does not answer"),
    "STREAM_FULL": (503, "no more streams, or no more series of streams, can be opened"),
    "HTTP_VERSION_NOT_SUPPORTED": (505, "the version of HTTP is neither 1.1 nor 1.0"),
    "STORAGE_FULL": (507, "there is no room for what was to be kept"),
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
