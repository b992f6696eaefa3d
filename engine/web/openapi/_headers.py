"""The headers of answers, each documented once."""

from typing import Any

from marshmallow import Schema


def _header(description: str, kind: str = "string") -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}


QUOTA = {
    "X-RateLimit-Limit": _header("Requests in a minute", "integer"),
    "X-RateLimit-Remaining": _header("Requests left in this window", "integer"),
    "X-RateLimit-Reset": _header("Unix time at which more become available", "integer"),
    "RateLimit-Policy": _header('The quota as in the IETF draft: `"default";q=60;w=60`'),
    "RateLimit": _header('The rest as in the IETF draft: `"default";r=45;t=12`'),
}
CACHED = {
    "Age": _header("Seconds since the data arrived", "integer"),
    "Cache-Control": _header("How long the answer is fresh, and how long it may be used when stale"),
    "Cache-Status": _header(
        "RFC 9211: `engine; hit; ttl=12`, `engine; fwd=miss`, `engine; hit; detail=stale`"
    ),
}
TAGGED = {
    "ETag": _header(
        "A strong tag for `If-None-Match`; it changes with the data and when the data becomes stale"
    ),
    "Vary": _header("`Accept-Encoding`: br, zstd and gzip are supported; and `Accept` where there is CSV"),
}
TABLE = {
    "X-Data-Source": _header("The providers of the data"),
    "X-Data-Stale": _header("`true` after the lifetime of the data", "boolean"),
    "X-Data-Age": _header("Seconds since the data arrived", "number"),
    "X-Data-Gaps": _header(
        "CSV and files: the number of gaps, or of coins without a price. Elsewhere: the first and last "
        "missing open time of each gap, in milliseconds: `1699920000000-1699923600000`"
    ),
    "X-Data-Quote": _header("The currency of the prices, such as `USD` or `USDT`"),
    "Link": _header(
        'The next page of a long list: `</api/markets.csv?cursor=…>; rel="next"`. With a failure, the '
        'page that explains its code: `rel="help"`'
    ),
}
"""Headers of CSV, which has no `meta`."""
TRANSLATED = {
    **{name: TABLE[name] for name in ("X-Data-Source", "X-Data-Gaps", "X-Data-Quote")},
    "X-Data-Unfinished": _header(
        "Open time in milliseconds of a candle that has closed since it was fetched"
    ),
    "X-Data-Missing": _header("Data that no provider gave: left out, or neutral where a value is required"),
    "X-Data-Estimated": _header("Members of the body that are estimated: `volumeto`, `quoteVolume`"),
}
FILE = {
    "Content-Disposition": _header("The name of the file"),
    **{name: TABLE[name] for name in ("X-Data-Source", "X-Data-Stale", "X-Data-Age", "X-Data-Gaps")},
    "Cache-Control": CACHED["Cache-Control"],
}
WEIGHT = {"X-MBX-USED-WEIGHT-1M": _header("What of the limit in `exchangeInfo` is used", "integer")}
STREAMED = {"X-Accel-Buffering": _header("`no`: a proxy must not hold messages back")}
HELP = {"Link": TABLE["Link"]}
RETRY = {"Retry-After": _header("Seconds until the client should try again", "integer")}
NAMED = {"X-Request-ID": _header("The id of the request, sent by the client or generated")}
REFUSED = {
    401: {"WWW-Authenticate": _header("`Bearer`, one of the ways to send a key")},
    405: {"Allow": _header("The supported methods: `GET, HEAD, OPTIONS`")},
}
"""Headers of a refusal that say what would be accepted."""
HEADERS = {
    **QUOTA,
    **CACHED,
    **TAGGED,
    **TABLE,
    **TRANSLATED,
    **FILE,
    **RETRY,
    **STREAMED,
    **WEIGHT,
    **REFUSED[401],
    **REFUSED[405],
    **NAMED,
}


def of(failure: type[Schema]) -> dict[str, Any]:
    """Return the headers that only answers of a service have, by the format of its failures."""
    return {name: WEIGHT[name] for name in getattr(failure, "headers", ())}


def references(*groups: dict[str, Any]) -> dict[str, Any]:
    """Return references to the headers of some groups, and to those of every answer."""
    return {name: {"$ref": f"#/components/headers/{name}"} for group in (*groups, NAMED) for name in group}
