"""Reading answers in other services' shapes."""

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


def told(client: FlaskClient, path: str, schema: type[Schema], *, many: bool = False) -> Any:
    """A good answer, once it is exactly what the schema says."""
    response = client.get(path, headers=AXIOS)
    assert response.status_code == 200, response.text
    return held(schema, response.json, many=many)
