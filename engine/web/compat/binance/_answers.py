"""Answers whose headers name what Binance's format cannot say."""

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import TypeVar

from flask import Response

from engine.concurrency.yielding import cooperatively
from engine.web import packed
from engine.web.compat._translation import Origin, quality
from engine.web.compat._translation import respond as translated
from engine.web.compat.binance._clock import unit
from engine.web.compat.binance._figures import lacking
from engine.web.compat.binance._prices import Found
from engine.web.services import current_services
from providers import ASSETS

T = TypeVar("T")
QUOTED = frozenset(f"{asset.code}USDT" for asset in ASSETS)
"""The markets that all providers quote."""


def respond_rows(
    found: Found[T],
    row: Callable[[T], Mapping[str, object]],
    name: str,
    symbol: str | None,
    symbols: list[str] | None,
    fields: Sequence[str] = (),
) -> Response:
    """Return the rows of markets: those of all markets rendered once, under a `name`.

    Headers name the figures that at least one row lacks, and pinned coins without a row.
    """

    def rows() -> list[Mapping[str, object]]:
        return [row(it) for it in cooperatively(found.rows)]

    if symbol or symbols:
        some = rows()
        missing = [*found.missing, *lacking(some, fields)]
        return respond(some[0] if symbol else some, *found.origins, missing=missing)

    def packed_rows() -> tuple[packed.PackedHead, list[str]]:
        every = rows()
        return packed.PackedHead.of(chain([b"["], packed.rows(every))), lacking(every, fields)

    version = (
        current_services().catalogue.catalogue.version,
        *(origin.validity.made for origin in found.origins),
    )
    head, lacked = current_services().lists.get(f"binance {name} {unit()}", version, packed_rows)
    response = packed.respond(head, b"]", quality(found.origins))
    if missing := [*(each for each in found.missing if each in QUOTED), *lacked]:
        response.headers["X-Data-Missing"] = ", ".join(missing)
    return response


def respond(
    body: object, *origins: Origin, missing: Sequence[str] = (), estimated: Sequence[str] = ()
) -> Response:
    """Return `body`, with the names of figures that are missing or estimated in headers."""
    response = translated(body, *origins)
    for header, names in (("X-Data-Missing", missing), ("X-Data-Estimated", estimated)):
        if names:
            response.headers[header] = ", ".join(names)
    return response
