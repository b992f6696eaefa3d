"""The document of the interface, and the page that shows it."""

from flask.testing import FlaskClient


def test_every_endpoint_is_documented(client: FlaskClient) -> None:
    """With its parameters and its answer, from the schemas that validate."""
    document = client.get("/openapi.json").get_json()
    names = [each["name"] for each in document["paths"]["/api/ohlcv"]["get"]["parameters"]]

    assert document["openapi"] == "3.0.3"
    assert set(document["paths"]) == {
        "/api/ohlcv",
        "/api/ohlcv/{symbol}",
        "/api/prices",
        "/api/sentiment",
        "/api/sentiment/analyze",
        "/api/news",
        "/api/market/overview",
        "/api/symbols",
        "/api/providers",
        "/api/health",
        "/api/health/ready",
    }
    analyze = document["paths"]["/api/sentiment/analyze"]
    assert list(analyze) == ["post"]
    assert "AnalyzeBody" in str(analyze["post"]["requestBody"])
    assert document["components"]["schemas"]["AnalyzeBody"]["properties"]["texts"]["maxItems"] == 100
    assert names == ["symbol", "interval", "limit", "closedOnly", "startTime", "endTime"]
    assert document["components"]["schemas"]["CandleRow"]["properties"]["volume"]["nullable"] is True


def test_there_is_a_page_to_try_it(client: FlaskClient) -> None:
    """Swagger UI, served from here."""
    page = client.get("/docs")

    assert page.status_code == 200
    assert "swagger-ui" in page.text
    with client.get("/docs/static/swagger-ui-bundle.js") as script:
        assert script.status_code == 200
