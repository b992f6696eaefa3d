"""Hints about unknown paths."""

import pytest
from flask.testing import FlaskClient

from engine.web.hints import MOST
from tests.engine.web.api.answers import failure


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("/prices", "/api/prices"),
        ("/api/price", "/api/prices"),
        ("/API/Prices/", "/api/prices"),
        ("/api/ohclv", "/api/ohlcv"),
        ("/api/v3/klines", "/compat/binance/api/v3/klines"),
        ("/overview", "/api/market/overview"),
    ],
)
def test_an_unknown_path_has_similar_ones(client: FlaskClient, path: str, meant: str) -> None:
    """The error for an unknown path has similar paths and a link to the documentation."""
    details = failure(client, path, 404)["details"]

    assert meant in details["didYouMean"]
    assert len(details["didYouMean"]) <= MOST
    assert details["documentation"] == "/docs"
    assert client.get(details["documentation"]).status_code == 200


@pytest.mark.parametrize("path", ["/wp-login.php", "/" + "a" * 5000, "/%00%ff"])
def test_other_paths_are_near_to_none(client: FlaskClient, path: str) -> None:
    """The error for a path that resembles no other has the link only."""
    assert failure(client, path, 404)["details"] == {"didYouMean": [], "documentation": "/docs"}
