"""alternative.me: figures as texts, times in seconds, newest first."""

from providers import BadData, FearGreed
from tests.providers.payloads import Answer, Failure, Payloads


def index(*rows: object, error: str | None = None) -> dict[str, object]:
    """Return a response."""
    return {"name": "Fear and Greed Index", "data": list(rows), "metadata": {"error": error}}


TODAY = {
    "value": "25",
    "value_classification": "Extreme Fear",
    "timestamp": "1767312000",
    "time_until_update": "73800",
}
YESTERDAY = {"value": "61", "value_classification": "Greed", "timestamp": "1767225600"}
READ = [FearGreed(25, "Extreme Fear", 1767312000000), FearGreed(61, "Greed", 1767225600000)]

PAYLOADS = Payloads(
    fear_greed=[
        Answer("texts become numbers and milliseconds", index(TODAY, YESTERDAY), READ),
        Answer("whatever the order, the newest comes first", index(YESTERDAY, TODAY), READ),
        Answer("no metadata is no failure", {"data": [TODAY]}, READ[:1]),
        Answer("nor is metadata of another kind", {"data": [TODAY], "metadata": "text"}, READ[:1]),
    ],
    errors=[
        Failure(index(error="out of order"), BadData),
        Failure({"data": [{**TODAY, "value": "many"}]}, BadData),
        Failure({"data": [{**TODAY, "timestamp": "01-02-2026"}]}, BadData),
    ],
    requests={"fear_greed": "/fng/?limit=30"},
)
