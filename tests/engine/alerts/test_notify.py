"""Entries of `notify`, and errors with the place of a mistake."""

import pytest

from engine.alerts.notify import Notify, WrongNotify, parse_notify


@pytest.mark.parametrize(
    "entry",
    [{"type": "webhook", "url": "https://example.org"}]
    + [{"type": kind, "target": "desk"} for kind in ("telegram", "ntfy", "discord", "slack", "email")],
)
def test_an_entry_is_read_and_written_alike(entry: dict[str, str]) -> None:
    """A webhook has a URL, every other type a target, and `fields` returns the entry as it was."""
    notify = parse_notify(entry, "notify.0")

    assert notify == Notify(entry["type"], entry.get("url"), entry.get("target"))
    assert notify.fields() == entry


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ("https://example.org", "notify.3"),
        ({}, "notify.3.type"),
        ({"type": "sms", "target": "desk"}, "notify.3.type"),
        ({"type": ["webhook"], "url": "https://example.org"}, "notify.3.type"),
        ({"type": "webhook"}, "notify.3.url"),
        ({"type": "webhook", "url": 5}, "notify.3.url"),
        ({"type": "webhook", "url": "https://example.org", "target": "desk"}, "notify.3.target"),
        ({"type": "ntfy", "url": "ntfy://example.org/x"}, "notify.3.url"),
        ({"type": "ntfy", "target": ""}, "notify.3.target"),
    ],
)
def test_an_error_names_the_place(entry: object, place: str) -> None:
    """An error has the path of the mistake, and no URL is accepted as a target."""
    with pytest.raises(WrongNotify) as caught:
        parse_notify(entry, "notify.3")
    assert caught.value.place == place
    assert str(caught.value) == f"{place}: {caught.value.message}"
