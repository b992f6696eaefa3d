"""The history: what is kept, and jobs that fill it."""

from flask import Blueprint, Response

from engine.config.tiers import DAY
from engine.errors import InvalidRequest
from engine.history.job import Job
from engine.history.series import SeriesKey, SeriesSummary
from engine.jobs.filling import has_market, new_job
from engine.market.candles.markets import no_market
from engine.market.candles.request import CandleRequest
from engine.market.history_access import HistoryDisabled, RangeTooLarge
from engine.web.access.admission import KeyNeeded
from engine.web.access.limiter import limiter
from engine.web.access.quotas import caller, quota
from engine.web.api._tables import table
from engine.web.endpoint import endpoint
from engine.web.names import WrongName, requested_pair
from engine.web.negotiation import is_csv
from engine.web.services import current_services
from providers import Interval, Pair, Window
from schemas import HistoryAnswer, JobAnswer, JobBody, JobQuery, TableQuery, shorten

ONE_VENUE = "names a provider, and the history has one series for all of them"

COLUMNS = ("symbol", "interval", "first", "last", "candles", "bytes", "gaps")
"""The columns of a table: all members of a row but its list of providers."""

bp = Blueprint("history", __name__, url_prefix="/api")


@bp.get("/history")
@bp.get("/history.csv", defaults={"format": "csv"})
@limiter.limit(quota("default"))
@endpoint(query=TableQuery, answer=HistoryAnswer, failures=(404, 503), csv=True)
def get_history(form: str | None) -> Response | dict[str, object]:
    """Get the series that are kept: with a key all, without one those of the best-known coins."""
    found = current_services().history.series(everything=caller().name is not None)
    rows = [_series(summary) for summary in found]
    if is_csv(form):
        label = current_services().market.label
        sources = sorted({label(name) for summary in found for name in summary.providers})
        return table(COLUMNS, rows, sources, gaps=sum(summary.gaps for summary in found))
    return {"success": True, "data": rows}


@bp.post("/history/jobs")
@limiter.limit(quota("default"))
@endpoint(body=JobBody, answer=JobAnswer, statuses=(202,), failures=(404, 422, 507), keyed=True)
def add_job(symbol: str, interval: Interval, start: int, end: int | None) -> tuple[dict[str, object], int]:
    """Fill a part of a series in the background, from as many providers as it takes. Needs a key."""
    owner = _owner()
    services = current_services()
    now = services.market.milliseconds()
    pair = _pair(symbol, min(now, end or now))
    market = services.market
    if not has_market(market.candles.upstreams, market.markets.find, pair, interval):
        raise no_market(CandleRequest(shorten(symbol), pair, interval, Window(1)), [])
    key = SeriesKey.of(pair, interval)
    name = services.history.symbol(key.coin, key.quote)
    job = new_job(owner, name, key, start, now if end is None else end + 1, now)
    if not job.total:
        wrong = {"startTime": ["no candle of this part is closed"]}
        raise InvalidRequest("The request is not valid", wrong)
    days = caller().limits.days
    if days is not None and job.until - job.first > days * DAY:
        raise RangeTooLarge(f"A job may have {days} days", {"days": days})
    services.history.add(job)
    services.backfilling.look()
    return _job(job), 202


@bp.get("/history/jobs/<id>")
@limiter.limit(quota("default"))
@endpoint(query=JobQuery, answer=JobAnswer, failures=(404, 503), keyed=True)
def get_job(id: str) -> dict[str, object]:  # noqa: A002 - the name of the parameter
    """Get the progress of a job. Needs its owner's key."""
    return _job(current_services().history.job(id, _owner()))


@bp.delete("/history/jobs/<id>")
@limiter.limit(quota("default"))
@endpoint(query=JobQuery, answer=JobAnswer, failures=(404, 503), keyed=True)
def cancel_job(id: str) -> dict[str, object]:  # noqa: A002 - the name of the parameter
    """Cancel a job. What it has found stays. Needs its owner's key."""
    return _job(current_services().history.cancel(id, _owner()))


def _pair(symbol: str, time: int) -> Pair:
    """Return the pair that a text means for data of a time. Raises `InvalidRequest`."""
    named = requested_pair(symbol, current_services().catalogue, time / 1000)
    if isinstance(named, WrongName):
        details = {"symbol": [named.message], shorten(symbol): named.details}
        raise InvalidRequest("The request is not valid", details, code=named.code)
    if named.venue is not None:
        raise InvalidRequest("The request is not valid", {"symbol": [ONE_VENUE]})
    return named.pair


def _owner() -> str:
    """Return the name of the caller's key. Raises an `ApiError` without one."""
    services = current_services()
    services.history.require()
    if services.settings.api_keys_file is None:
        raise HistoryDisabled("Jobs need a key, and API_KEYS_FILE is not set: python -m engine history fill")
    name = caller().name
    if name is None:
        raise KeyNeeded("Jobs need an API key")
    return name


def _series(it: SeriesSummary) -> dict[str, object]:
    history, label = current_services().history, current_services().market.label
    return {
        "symbol": history.symbol(it.key.coin, it.key.quote),
        "interval": it.key.code,
        "first": it.first,
        "last": it.last,
        "candles": it.candles,
        "bytes": it.bytes,
        "gaps": it.gaps,
        "providers": [label(name) for name in it.providers],
    }


def _job(job: Job) -> dict[str, object]:
    return {
        "id": job.id,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "candles": job.candles,
        "failures": job.failures,
    }
