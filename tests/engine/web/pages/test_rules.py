"""The panel of alert rules, with a key in the browser, over the real engine."""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, Page, expect

from tests.engine.alerts.receiving import Receiver
from tests.engine.web.pages.browser import Visit, alter
from tests.engine.web.pages.conftest import Open
from tests.running import Engine

KEY = "0123456789abcdef"
UNKNOWN: dict[str, Any] = {
    "id": "0" * 32,
    "name": "n" * 100,
    "when": {"not": {"left": "rsi:BTCUSDT:1h:14", "op": "<", "right": 30}},
    "on": "close",
    "notify": [{"type": "ntfy", "target": "desk"}],
    "state": "unknown",
    "reason": "rsi:BTCUSDT:1h:14: the close is not confirmed",
    "createdAt": "2026-11-22T19:48:29Z",
    "expiresAt": None,
    "firedAt": None,
    "endedAt": None,
}
STORED = "JSON.stringify([{...localStorage}, location.href, document.cookie])"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return the settings of a server with a key, whose rules may go to this machine."""
    folder = tmp_path_factory.mktemp("rules")
    (folder / "keys").write_text(f"alice:free:{sha256(KEY.encode()).hexdigest()}\n")
    return {
        "API_KEYS_FILE": str(folder / "keys"),
        "DATA_DIR": str(folder / "data"),
        "ALERT_PRIVATE_TARGETS": "true",
        "CACHE_TTL_PRICES": "1",
    }


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Yield a receiver of webhooks."""
    with Receiver() as receiver:
        yield receiver


def use(page: Page, key: str) -> None:
    """Type a key, as a user of the keyboard does."""
    page.get_by_label("API key").fill(key)
    page.keyboard.press("Enter")


def wrong(page: Page, label: str) -> Locator:
    """Return the field with a label, once the engine has refused what is in it."""
    field = page.locator("#rules").get_by_label(label, exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    return page.locator(f"#{str(field.get_attribute('aria-describedby')).split()[-1]}")


def test_a_rule_is_stated_fires_and_is_deleted(visit: Open, engine: Engine, receiver: Receiver) -> None:
    """A key shows its owner's rules; mistakes are said at their fields, and a secret is shown once."""
    user = visit()
    page = user.open("/#ETH/4h")
    panel = page.locator("#rules")
    expect(panel.get_by_text("A rule belongs to the owner of an API key")).to_be_visible()
    expect(page.locator("#chart")).to_have_attribute("data-state", "fresh")
    assert user.asked_for("/api/alert-rules") == []
    use(page, "unknown-key")
    expect(panel.get_by_role("alert").first).to_have_text("Unknown API key. The key is forgotten.")
    expect(panel.get_by_label("API key")).to_be_focused()
    assert page.evaluate("sessionStorage.getItem('key')") is None
    use(page, KEY)
    expect(panel.get_by_role("heading", name="New rule on ETH")).to_be_visible()
    expect(panel.get_by_text("You have no rules yet.")).to_be_visible()

    panel.get_by_label("Figure").select_option("indicator")
    expect(panel.get_by_label("Interval")).to_have_value("4h")
    panel.get_by_label("Indicator", exact=True).fill("rsi:900")
    panel.get_by_label("URL of the webhook").fill("ftp://nowhere")
    panel.get_by_role("button", name="Add the rule").click()
    expect(wrong(page, "Indicator")).to_contain_text("500")
    expect(panel.get_by_label("Indicator", exact=True)).to_be_focused()
    expect(wrong(page, "Value")).to_contain_text("must be")
    panel.get_by_label("Figure").select_option("price")
    panel.get_by_label("Value").fill("1")
    panel.get_by_role("button", name="Add the rule").click()
    expect(wrong(page, "URL of the webhook")).to_have_text(re.compile("http"))
    panel.get_by_label("URL of the webhook").fill(receiver.url)
    panel.get_by_label("URL of the webhook").press("Enter")

    secret = panel.get_by_label("Secret", exact=True)
    expect(secret).to_have_value(re.compile("^whsec_"))
    kept = panel.get_by_role("listitem")
    expect(kept).to_contain_text("price:ETH is above 1")
    expect(kept.locator("[data-word]")).to_have_text("fired")
    panel.get_by_role("button", name="I have kept it").press("Enter")
    expect(secret).to_have_count(0)
    kept.get_by_role("button", name="Deliveries").press("Enter")
    expect(kept.locator("tbody tr").first).to_contain_text("delivered")
    assert receiver.bodies[0]["type"] == "rule.fired"

    kept.get_by_role("button", name="Pause").press("Enter")
    expect(kept.locator("[data-word]")).to_have_text("paused")
    page.reload()
    expect(kept.locator("[data-word]")).to_have_text("paused")
    kept.get_by_role("button", name="Resume").press("Enter")
    expect(kept.locator("[data-word]")).to_have_text("fired")
    panel.get_by_label("Value").fill("1e9")
    panel.get_by_label("URL of the webhook").fill(receiver.url)
    panel.get_by_role("button", name="Add the rule").click()
    expect(kept.locator("[data-word]")).to_have_text(["armed", "fired"])
    kept.last.get_by_role("button", name="Delete").press("Enter")
    kept.last.get_by_role("button", name="Delete for good").press("Enter")
    expect(kept.locator("[data-word]")).to_have_text(["armed"])
    assert len(listed(engine)) == 1

    assert KEY not in page.evaluate(STORED)
    assert not [url for url in user.asked if KEY in url]
    panel.get_by_role("button", name="Forget the key").press("Enter")
    expect(panel.get_by_label("API key")).to_be_focused()
    assert KEY not in page.evaluate("JSON.stringify({...sessionStorage})")
    assert user.complaints(failures_expected=True) == []


def listed(engine: Engine) -> list[object]:
    """Return the rules that the engine has."""
    answer = requests.get(f"{engine.url}/api/alert-rules", headers={"X-API-Key": KEY}, timeout=5)
    rules: list[object] = answer.json()["data"]
    return rules


def test_the_panel_fits_a_phone(visit: Open) -> None:
    """The form, and a rule that cannot be judged with its reason, fit 390 pixels of width."""
    user: Visit = visit(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    alter(user.page, r"/api/alert-rules$", lambda body: body.update(data=[UNKNOWN]))
    page = user.open()
    use(page, KEY)
    expect(page.get_by_role("button", name="Add the rule")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="unknown")).to_contain_text(UNKNOWN["reason"])
    expect(page.locator("[data-condition]")).to_have_text(
        "not (rsi:BTCUSDT:1h:14 is below 30), at closed candles → ntfy desk"
    )

    assert page.evaluate("document.documentElement.scrollWidth") <= 390
