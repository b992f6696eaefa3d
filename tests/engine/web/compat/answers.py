"""Readers of answers in the formats of other services."""

from typing import Any

from flask.testing import FlaskClient
from marshmallow import Schema

from tests.engine.web.api.answers import held

AXIOS = {
    "Accept": "application/json, text/plain, */*",
    "Content-Type": "application/json",
    "User-Agent": "DreammakerCrypto/1.0",
}
"""What Dreammaker sends along, on GET too."""


def checked(client: FlaskClient, path: str, schema: type[Schema], *, many: bool = False) -> Any:
    """Return the content of an answer with status 200, after a check against its schema."""
    response = client.get(path, headers=AXIOS)
    assert response.status_code == 200, response.text
    return held(schema, response.json, many=many)
