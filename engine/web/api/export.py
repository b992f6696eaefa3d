"""Files of the history."""

from flask import Blueprint, Response

from engine.config.limits import DAY, limits_of
from engine.history.errors import ArchiveError
from engine.history.exports import Compression, Export, Format, gaps_of, pieces_of
from engine.history.series import SeriesKey
from engine.market.kept import RangeTooLarge, failure
from engine.web.access.limiter import limiter
from engine.web.access.quotas import caller, quota
from engine.web.api._streaming import Stream, Streams
from engine.web.endpoint import endpoint
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
_streams = Streams()


@bp.get("/export")
@limiter.limit(quota("default"))
@endpoint(query=ExportQuery, answer=FILE, failures=(404, 422))
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
    services.kept.require()
    key = SeriesKey.of(symbol.pair, interval)
    now = services.market.milliseconds()
    try:
        first, until = _range(key, start, None if end is None else end + 1)
        _check(key, first, until)
        export = Export(key, first, until, now, format, compression, services.market.label)
        gaps = gaps_of(export, services.archive)
    except ArchiveError as error:
        raise failure(error) from None
    client = caller().bucket
    _streams.begin(client)
    body = Stream(pieces_of(export, services.archive, gaps), _streams, client)
    media = PACKED[compression] if compression else TYPES[format]
    headers = {
        "Content-Disposition": f'attachment; filename="{export.name}"',
        "X-Data-Gaps": f"{len(gaps)}",
        "Cache-Control": "no-store",
    }
    return Response(body, headers=headers, content_type=media, direct_passthrough=True)


def _range(key: SeriesKey, start: int | None, until: int | None) -> tuple[int, int]:
    """Return the part to export: by default all that is kept. Raises an `ArchiveError`."""
    archive, interval = current_services().archive, key.interval
    extent = archive.run(lambda storage: storage.extent(key)) if archive.may_have_something else None
    first, end = extent or (0, 0)
    first = first if start is None else interval.first_open(start)
    end = end if until is None else interval.first_open(until)
    return first, max(first, end)


def _check(key: SeriesKey, first: int, until: int) -> None:
    """Raise `RangeTooLarge` where the caller may not have so much at once."""
    limits = limits_of(caller().tier)
    if limits.days is not None and until - first > limits.days * DAY:
        raise RangeTooLarge(f"An export may have {limits.days} days", {"days": limits.days})
    rows = key.interval.count(first, until) - 1
    if limits.rows is not None and rows > limits.rows:
        raise RangeTooLarge(f"An export may have {limits.rows} rows", {"rows": limits.rows})
