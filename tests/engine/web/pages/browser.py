"""A real browser, Debian's Chromium, and what it records about a page.

Its package without windows opens a page for half of the processor time of the whole browser.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route, expect, sync_playwright

PROGRAMS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
PATIENCE = 15_000
"""Milliseconds after which what should have come will not."""
STEP = 5
"""Seconds that a clock is turned at once."""
HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
BOARD = r"/board(\?|$)"
"""The address of the first answers of all panels."""
NOT_FOUND_ON_PURPOSE = "Failed to load resource"
"""What Chromium writes about any answer that is an error."""


def missing() -> str | None:
    """Return why there is no browser for tests, or `None` if there is one."""
    return None if _programs() else "Chromium is missing: apt-get install chromium-headless-shell"


def is_needed() -> bool:
    """Return whether tests must have a browser, as in continuous integration."""
    return os.environ.get("CI") == "true"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield the browser and close it afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_programs()[0], args=["--no-sandbox"])
        yield browser
        browser.close()


def _programs() -> list[Path]:
    return [program for program in PROGRAMS if program.exists()]


def alter(page: Page, path: str, change: Callable[[Any], None]) -> None:
    """Apply `change` to the bodies of answers at paths that match, also to those that come with others."""

    def handle(route: Route) -> None:
        answer = route.fetch()
        if not re.search(BOARD, route.request.url):
            body = answer.json()
            change(body)
            route.fulfill(response=answer, json=body)
            return
        parts = [json.loads(line) for line in answer.text().splitlines()]
        for part in parts:
            if re.search(path, part["part"]):
                change(part["body"])
        route.fulfill(response=answer, body="".join(f"{json.dumps(part)}\n" for part in parts))

    page.route(re.compile(f"{path}|{BOARD}"), handle)


class Visit:
    """A user of the pages of the server at `url`. `options` are those of a browser context."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        self.url = url
        self.context = browser.new_context(**{"locale": "en-US", "timezone_id": "UTC", **options})
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self._complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._complaints.append(str(error)))
        self._pending = 0
        self.page.on("request", self._begin)
        self.page.on("requestfinished", self._end)
        self.page.on("requestfailed", self._end)
        expect.set_options(timeout=PATIENCE)

    def open(self, path: str = "/") -> Page:
        """Open a path and wait for the first prices or candles."""
        self.page.goto(self.url + path)
        return self.page

    def hide(self, hidden: bool = True) -> None:
        """Switch to another tab, or back."""
        self.page.evaluate(HIDE, hidden)

    def settle(self) -> None:
        """Wait until no request is running, including those that follow from an answer."""
        quiet = 0
        while quiet < 3:
            self.page.wait_for_timeout(10)
            quiet = 0 if self._pending else quiet + 1

    def wait(self, seconds: int) -> None:
        """Advance the clock in steps, each of which lets every answer arrive."""
        for _ in range(0, seconds, STEP):
            self.page.clock.fast_forward(STEP * 1000)
            self.settle()

    def complaints(self, *, failures_expected: bool = False) -> list[str]:
        """Return errors and warnings in the console, including violations of the content security policy."""
        return [
            text
            for text in self._complaints
            if not (failures_expected and text.startswith(NOT_FOUND_ON_PURPOSE))
        ]

    def asked_for(self, path: str) -> list[str]:
        """Return the requests whose path begins with `path`."""
        return [url for url in self.asked if url.removeprefix(self.url).startswith(path)]

    def asked_elsewhere(self) -> list[str]:
        """Return the requests to other servers."""
        return [url for url in self.asked if not url.startswith(self.url + "/")]

    def close(self) -> None:
        """Close the page."""
        self.context.close()

    def _begin(self, request: Request) -> None:
        self.asked.append(request.url)
        self._pending += 1

    def _end(self, request: Request) -> None:
        self._pending -= 1

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._complaints.append(message.text)
