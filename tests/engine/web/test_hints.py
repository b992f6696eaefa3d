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
def test_an_unknown_path_is_told_what_was_meant(client: FlaskClient, path: str, meant: str) -> None:
    """Near paths come with a link to the documentation of all."""
    details = failure(client, path, 404)["details"]

    assert meant in details["didYouMean"]
    assert len(details["didYouMean"]) <= MOST
    assert details["documentation"] == "/docs"
    assert client.get(details["documentation"]).status_code == 200


@pytest.mark.parametrize("path", ["/wp-login.php", "/" + "a" * 5000, "/%00%ff"])
def test_other_paths_are_near_to_none(client: FlaskClient, path: str) -> None:
    """A path that has nothing in common with any other gets the link only."""
    assert failure(client, path, 404)["details"] == {"didYouMean": [], "documentation": "/docs"}
