"""The receivers of docs/alerts.md verify the engine's signatures, as they are written there."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from engine.alerts.signing import headers, new_secret
from tests.running import ROOT, free_port
from tests.waiting import eventually

TEXT = (ROOT / "docs/alerts.md").read_text()
LANGUAGES = {"python": (sys.executable, "receiver.py"), "js": ("node", "receiver.mjs")}
BODY = b'{"type": "rule.test"}'


@contextmanager
def receiving(language: str, secret: str, folder: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Yield the address of a receiver, and its process."""
    [code] = re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.M | re.S)
    program, name = LANGUAGES[language]
    (folder / name).write_text(code)
    port = free_port()
    environment = {**os.environ, "SECRET": secret, "PORT": str(port)}
    with subprocess.Popen(
        [program, folder / name],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        url = f"http://127.0.0.1:{port}/"
        try:
            eventually(lambda: answers(url))
            yield url, process
        finally:
            process.terminate()


def answers(url: str) -> bool:
    """Return whether a receiver serves: one without a signature is refused."""
    signed = headers("msg_0", int(time.time()), BODY, [new_secret()])
    try:
        return requests.post(url, BODY, headers=signed, timeout=20).status_code == 401
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("language", LANGUAGES)
def test_receivers_accept_what_is_signed_and_nothing_else(language: str, tmp_path: Path) -> None:
    """A message counts once. Another secret, another body and an old time are refused."""
    secret, other, now = new_secret(), new_secret(), int(time.time())
    good = headers("msg_1", now, BODY, [other, secret])
    with receiving(language, secret, tmp_path) as (url, process):

        def status(body: bytes, signed: dict[str, str]) -> int:
            return requests.post(url, body, headers=signed, timeout=20).status_code

        statuses = [
            status(BODY, good),
            status(BODY, good),
            status(b"{}", good),
            status(BODY, headers("msg_2", now, BODY, [other])),
            status(BODY, headers("msg_3", now - 3600, BODY, [secret])),
            status(BODY, headers("msg_4", now, BODY, [secret])),
        ]
        assert process.stdout is not None
        printed = [process.stdout.readline().strip() for _ in range(2)]

    assert statuses == [204, 204, 401, 401, 401, 204]
    assert printed == [BODY.decode()] * 2
