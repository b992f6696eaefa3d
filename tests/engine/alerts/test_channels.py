"""Alerts to the targets of the operator, which Apprise sends."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from engine.alerts.channels import REFUSED, UNKNOWN, Channels
from engine.alerts.invalid_target import InvalidTarget
from engine.alerts.message import message_of
from engine.alerts.notify import CHANNELS, Notify
from engine.alerts.sending import Outcome, Sending
from engine.config import SettingsError, load_settings
from engine.config.apprise_url import SERVICES
from engine.config.targets_file import parse
from tests.clock import Clock
from tests.engine.alerts.receiver import Receiver, receiver

FIRED = orjson.dumps(
    {
        "type": "rule.fired",
        "timestamp": "2026-11-22T16:40:30Z",
        "data": {
            "ruleId": "r1",
            "name": "BTC breaks out",
            "firedAt": "2026-11-22T16:40:29Z",
            "cursor": "7f3a-1",
            "values": [
                {"operand": "price:BTC", "value": 100000.5, "sources": ["binance", "kraken"], "time": 1}
            ],
        },
    }
)
URLS = {
    "ntfy": "ntfy://127.0.0.1/alerts",
    "telegram": "tgram://123456789:abcdefg_hijklmnop/987654321",
    "discord": "discord://1234567890/abcdefghijklmnop",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general",
    "email": "mailtos://user:secret@example.com?to=a@example.org",
}


@pytest.fixture(scope="module")
def service() -> Iterator[Receiver]:
    """A stand-in for ntfy."""
    with receiver() as running:
        running.answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
        yield running


def written(file: Path, url: str, keys: str = "[alice]") -> str:
    """Write a file with one target, and return its path."""
    file.write_text(f"desk:\n  url: {url}\n  keys: {keys}\n")
    return str(file)


def test_an_alert_reaches_a_target(tmp_path: Path, service: Receiver) -> None:
    """A target gets the values and their sources as text."""
    path = written(tmp_path / "targets", f"ntfy://127.0.0.1:{service.port}/alerts")
    desk = Notify("ntfy", target="desk")
    sender = Sending(Channels(path))
    sender.check_target(desk, key_name="alice")

    assert sender.send(desk, FIRED, {}, key_name="alice") == Outcome(delivered=True)
    sent = json.loads(service.requests[-1].partition(b"\r\n\r\n")[2])
    assert (sent["topic"], sent["title"]) == ("alerts", "Alert: BTC breaks out")
    assert sent["message"].split("\n") == [
        "price:BTC = 100000.5 (binance, kraken)",
        "At: 2026-11-22T16:40:29Z",
    ]


def test_a_refusal_is_a_failed_attempt(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A refusal of the service is a failed attempt, and no log line has the URL of the target."""
    path = written(tmp_path / "targets", "ntfy://user:secret@127.0.0.1:9/alerts")

    outcome = Sending(Channels(path)).send(Notify("ntfy", target="desk"), FIRED, {}, key_name="alice")
    assert outcome == Outcome(delivered=False, reason=REFUSED)
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    ("notify", "key_name"),
    [
        (Notify("ntfy", target="desk"), "mallory"),
        (Notify("ntfy", target="other"), "alice"),
        (Notify("telegram", target="desk"), "alice"),
        (Notify("ntfy", target=URLS["ntfy"]), "alice"),
    ],
)
def test_a_target_is_for_its_keys(tmp_path: Path, notify: Notify, key_name: str) -> None:
    """Only the named keys may use a target, by name and type: for a new rule and for each alert."""
    sender = Sending(Channels(written(tmp_path / "targets", URLS["ntfy"])))

    with pytest.raises(InvalidTarget, match=UNKNOWN):
        sender.check_target(notify, key_name=key_name)
    outcome = sender.send(notify, FIRED, {}, key_name=key_name)
    assert outcome == Outcome(delivered=False, reason=f"Invalid target: {UNKNOWN}")


def test_without_a_file_there_is_no_target() -> None:
    """Without `ALERT_TARGETS_FILE`, every target is unknown."""
    with pytest.raises(InvalidTarget):
        Sending(Channels(None)).check_target(Notify("ntfy", target="desk"), key_name="alice")


def test_the_file_is_read_again(tmp_path: Path) -> None:
    """A key that is removed from a target is refused within a second."""
    file, clock = tmp_path / "targets", Clock()
    channels = Channels(written(file, URLS["ntfy"]), clock)
    channels.check(Notify("ntfy", target="desk"), "alice")

    written(file, URLS["ntfy"], "[bob]")
    clock.advance(1)
    channels.check(Notify("ntfy", target="desk"), "bob")
    with pytest.raises(InvalidTarget):
        channels.check(Notify("ntfy", target="desk"), "alice")


def test_every_service_is_understood() -> None:
    """Each type has a service of Apprise that understands its URLs."""
    text = "".join(f"{kind}:\n  url: '{url}'\n  keys: [alice]\n" for kind, url in URLS.items())

    assert {name: target.type for name, target in parse(text).items()} == {kind: kind for kind in URLS}
    assert set(SERVICES) == set(CHANNELS) == set(URLS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- desk", "targets by name"),
        ("desk: [", "no YAML"),
        ("a b: {url: 'ntfy://h/t', keys: []}", "letters, digits"),
        ("desk: {url: 'ntfy://h/t'}", "desk must have url and keys"),
        ("desk: {url: 'ntfy://h/t', keys: [], more: 1}", "desk must have url and keys"),
        ("desk: {url: 'ntfy://h/t', keys: alice}", "list of names"),
        ("desk: {url: 'ntfy://h/t', keys: [a b]}", "list of names"),
        ("desk: {url: 5, keys: []}", "schemes ntfy"),
        ("desk: {url: 'json://127.0.0.1/secret', keys: []}", "schemes ntfy"),
        ("desk: {url: 'tgram://secret', keys: []}", "url of desk is no Telegram URL"),
    ],
)
def test_an_invalid_file_stops_the_start(tmp_path: Path, text: str, message: str) -> None:
    """An invalid file stops the start. The message names the target, and repeats no URL."""
    file = tmp_path / "targets"
    file.write_text(text)

    with pytest.raises(SettingsError, match=re.escape(message)) as caught:
        load_settings({"ALERT_TARGETS_FILE": str(file)})
    assert "ALERT_TARGETS_FILE" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_other_payloads_have_a_text() -> None:
    """The text has the reason of an unknown rule, and the time of a payload without values."""
    unknown = {
        "type": "rule.unknown",
        "timestamp": "t",
        "data": {"name": "a", "reason": "stale", "values": []},
    }
    empty = {"type": "rule.test", "timestamp": "t", "data": {}}

    assert message_of(orjson.dumps(unknown)) == ("Alert cannot be judged: a", "Reason: stale\nAt: t")
    assert message_of(orjson.dumps(empty)) == ("Test of an alert", "At: t")
