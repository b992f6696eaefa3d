"""The blueprint of Binance's public market data, and what its views share."""

from functools import partial
from math import ceil

from flask import Response, request

from engine.catalogue.catalogue import Catalogue
from engine.web.access.admission import quota_status
from engine.web.access.quotas import CALLER
from engine.web.compat._dialect import dialect
from engine.web.compat.binance import _exchange
from engine.web.compat.binance._failures import failure
from engine.web.endpoint import endpoint
from engine.web.services import current_services
from schemas.compat import binance as shapes

bp = dialect("binance", "/compat/binance", failure)
served = partial(endpoint, failure=shapes.Error)


@bp.after_request
def report_weight(response: Response) -> Response:
    """Send the client's used weight, of the limit in `exchangeInfo`."""
    status, client = quota_status(), request.environ.get(CALLER)
    if status is not None and client is not None and client.times is not None:
        most = _exchange.least(current_services().settings, client.times)
        used = ceil(most * (status.most - status.left) / status.most)
        response.headers["X-MBX-USED-WEIGHT-1M"] = f"{used}"
    return response


def catalogue() -> Catalogue:
    """Return the present catalogue."""
    return current_services().catalogue.catalogue


def no_markets() -> Response:
    """Return the answer for no market, which needs no provider."""
    return Response("[]", mimetype="application/json")
