"""The choice between JSON and CSV."""

import pytest

from engine.web.negotiation import wants_csv


@pytest.mark.parametrize(
    ("accept", "csv"),
    [
        ("", False),
        ("*/*", False),
        ("text/csv", True),
        ("TEXT/CSV; charset=utf-8", True),
        ("text/*", True),
        ("text/csv, */*;q=0.1", True),
        ("text/csv;q=0.5, application/json", False),
        ("text/csv, application/json;q=0.9", True),
        ("text/csv, application/json", False),
        ("text/csv;q=0", False),
        ("text/csv;q=wrong", False),
        ("text/csv;q=0, */*", False),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", False),
        ("application/json, text/plain, */*", False),
        ("text/csv," + "a/b," * 100, True),
    ],
)
def test_a_client_gets_csv_only_if_it_prefers_it(accept: str, csv: bool) -> None:
    """The most specific range decides, and JSON is served if both are equally acceptable."""
    assert wants_csv(accept) is csv
