"""Files of the history."""

from flask import Blueprint, Response

from engine.cache.answers import Table
from engine.config.tiers import DAY
from engine.errors import ApiError, InvalidRequest
from engine.history.archive import READ_WITHIN
from engine.history.errors import ArchiveError
from engine.history.exports import Compression, Export, Format, gaps_of, pieces_of
from engine.history.series import SeriesKey
from engine.market.history_access import RangeTooLarge, failure
from engine.web.access.exported_rows import charge_rows
from engine.web.access.limiter import limiter
from engine.web.access.quotas import caller, quota
from engine.web.api._export_slots import ExportSlot
from engine.web.api._streaming import Stream
from engine.web.api.history import ONE_VENUE
from engine.web.endpoint import endpoint
from engine.web.responses import described
from engine.web.services import current_services
from providers import Interval
from schemas import ExportQuery, RequestedPair

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
PACKED = {"gzip": "application/gzip", "zstd": "application/zstd"}
FILE = {
    "type": "string",
    "format": "binary",
    "x-media-types": [*(media.partition(";")[0] for media in TYPES.values()), *PACKED.values()],
}
"""The answer in the OpenAPI document."""

bp = Blueprint("export", __name__, url_prefix="/api")


@bp.get("/export")
@limiter.limit(quota("default"))
@endpoint(query=ExportQuery, answer=FILE, failures=(404, 422, 503))
def get_export(
    symbol: RequestedPair,
    interval: Interval,
    start: int | None,
    end: int | None,
    format: Format,  # noqa: A002 - the name of the parameter
    compression: Compression | None,
) -> Response:
    """Get a file of any length of what is kept, as CSV, NDJSON or Parquet.

    Nothing is fetched for it: what is not kept is missing, and `X-Data-Gaps` counts the gaps.
    """
    services = current_services()
    services.history.require()
    if symbol.venue is not None:
        raise InvalidRequest("The request is not valid", {"symbol": [ONE_VENUE]})
    key = SeriesKey.of(symbol.pair, interval)
    now = services.market.milliseconds()
    try:
        extent = _extent(key)
        first, until = _range(key, extent, start, None if end is None else end + 1, now)
        rows = _rows(key, extent, first, until)
        _check(first, until, rows)
        export = Export(key, first, until, now, format, compression, services.market.label)
        gaps = gaps_of(export, services.archive)
        sources = services.archive.run(lambda storage: storage.series_providers(key))
    except ArchiveError as error:
        raise failure(error) from None
    slot = ExportSlot(services.store, caller().bucket)
    try:
        charge_rows(rows)
    except ApiError:
        slot.free()
        raise
    body = Stream(pieces_of(export, services.archive, gaps), slot)
    media = PACKED[compression] if compression else TYPES[format]
    facts = Table(tuple(sorted(map(services.market.label, sources))), len(gaps))
    headers = [
        ("Content-Disposition", f'attachment; filename="{export.name}"'),
        ("Cache-Control", "no-store"),
        *described(facts, age=0.0, stale=False),  # all that is known now
    ]
    return Response(body, headers=headers, content_type=media, direct_passthrough=True)


def _extent(key: SeriesKey) -> tuple[int, int]:
    """Return what is kept, from the first open time to after the last. Raises an `ArchiveError`."""
    archive = current_services().archive
    if not archive.may_have_something:
        return 0, 0
    return archive.run(lambda storage: storage.extent(key), READ_WITHIN) or (0, 0)


def _range(
    key: SeriesKey, extent: tuple[int, int], start: int | None, until: int | None, now: int
) -> tuple[int, int]:
    """Return the part to export, which has closed candles alone: by default all that is kept."""
    first = extent[0] if start is None else key.interval.first_open(start)
    end = extent[1] if until is None else key.interval.first_open(until)
    return first, max(first, min(end, key.interval.open_time(now)))


def _rows(key: SeriesKey, extent: tuple[int, int], first: int, until: int) -> int:
    """Return the most candles that the part can have."""
    kept_first, kept_until = max(first, extent[0]), min(until, extent[1])
    return key.interval.count(kept_first, kept_until) - 1 if kept_first < kept_until else 0


def _check(first: int, until: int, rows: int) -> None:
    """Raise `RangeTooLarge` where the caller may not have so much at once."""
    limits = caller().limits
    if limits.days is not None and until - first > limits.days * DAY:
        raise RangeTooLarge(f"An export may have {limits.days} days", {"days": limits.days})
    if limits.rows is not None and rows > limits.rows:
        raise RangeTooLarge(f"An export may have {limits.rows} rows", {"rows": limits.rows})
