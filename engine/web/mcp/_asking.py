"""What some tools ask beyond what an endpoint does: fewer candles, and sources and ages everywhere."""

from typing import Any

from msgspec.structs import replace

from engine.analysis.candles import MINIMUM
from engine.cache.answers import Answer
from engine.market.candles.slices import answer
from engine.web.api import catalogue, past_prices
from engine.web.api._candle_requests import candle_request
from engine.web.services import current_services


def candles(form: str, **arguments: Any) -> Answer:
    """Return candles, of which there may be fewer than the endpoint gives."""
    request, use_case = candle_request(**arguments), current_services().market.candles
    wanted = request.window.limit
    if request.newest and wanted < MINIMUM:
        enough = replace(request, window=replace(request.window, limit=MINIMUM))
        return answer(use_case.slice(enough).newest(wanted))
    return use_case.serve(request)


def prices_at(form: str, **arguments: Any) -> dict[str, object]:
    """Return prices at a past minute, with the venues behind them and the seconds since then."""
    found = past_prices.find_prices_at(**arguments)
    return past_prices.body_of(
        found, sources=past_prices.sources_of(found), ageSeconds=round(past_prices.age_of(found), 1)
    )


def coins(form: str, **arguments: Any) -> dict[str, object]:
    """Return coins of the catalogue, with the exchanges behind it and the age of their oldest listing."""
    search = current_services().catalogue.search
    page, known = catalogue.find_coins(search, **arguments), search.catalogue
    age = catalogue.age_of(known)
    return catalogue.body_of(
        [catalogue.coin_row(listed, known) for listed in page.rows],
        known,
        page.next,
        sources=catalogue.sources_of(known),
        ageSeconds=None if age is None else round(age, 1),
    )
