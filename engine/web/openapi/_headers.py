"""The headers of answers, each documented once."""

from typing import Any


def _header(description: str, kind: str = "string") -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}


QUOTA = {
    "X-RateLimit-Limit": _header("Requests in a minute", "integer"),
    "X-RateLimit-Remaining": _header("How many of them are left", "integer"),
    "X-RateLimit-Reset": _header("When there will be more, in Unix seconds", "integer"),
    "RateLimit-Policy": _header('The same in the words of the IETF\'s draft: `"default";q=60;w=60`'),
    "RateLimit": _header('`"default";r=45;t=12`'),
}
CACHED = {
    "Age": _header("Seconds since the data arrived", "integer"),
    "Cache-Control": _header("For how long the answer is fresh, and how long it may be used after that"),
    "Cache-Status": _header(
        "RFC 9211: `engine; hit; ttl=12`, `engine; fwd=miss`, `engine; hit; detail=stale`"
    ),
}
TAGGED = {
    "ETag": _header("A strong tag for `If-None-Match`: it changes with the data and with becoming stale"),
    "Vary": _header("`Accept-Encoding`: br, zstd and gzip are spoken"),
}
RETOLD = {
    "X-Data-Source": _header("The providers whose data it is"),
    "X-Data-Gaps": _header(
        "First and last missing open time of each gap, in milliseconds: `1699920000000-1699923600000`"
    ),
    "X-Data-Unfinished": _header(
        "Open time in milliseconds of a candle that was forming when it was had, and has closed since"
    ),
    "X-Data-Quote": _header("What the prices are in: `USD` or `USDT`"),
    "X-Data-Missing": _header("What nobody gave: it is left out, or neutral where something has to stand"),
    "X-Data-Estimated": _header("Members of the body that are estimated: `volumeto`, `quoteVolume`"),
}
RETRY = {"Retry-After": _header("Seconds after which asking again makes sense", "integer")}
NAMED = {"X-Request-ID": _header("The id of the request: the one that was sent, or one of our own")}
REFUSED = {
    401: {"WWW-Authenticate": _header("`Bearer`: one of the ways to send a key")},
    405: {"Allow": _header("The methods that there are: `GET, HEAD, OPTIONS`")},
}
"""What goes with a status that says what would be right."""
HEADERS = {**QUOTA, **CACHED, **TAGGED, **RETOLD, **RETRY, **REFUSED[401], **REFUSED[405], **NAMED}


def references(*groups: dict[str, Any]) -> dict[str, Any]:
    """References to the headers of some groups, and to those that every answer has."""
    return {name: {"$ref": f"#/components/headers/{name}"} for group in (*groups, NAMED) for name in group}
