"""docs/deploy.md: its commands run, its settings exist, and its statements are true."""

import json
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
import requests
import yaml

from engine.config import Settings, load_settings
from providers import ASSETS, discover
from tests.running import ROOT, Engine
from tests.upstreams import StandIn

DEPLOY = (ROOT / "docs/deploy.md").read_text()
README = (ROOT / "README.md").read_text()
PERFORMANCE = (ROOT / "docs/performance.md").read_text()
FOREIGN = ("docker ", "git ", "sudo ", "gcloud ", "helm ", "kubectl ")
"""Commands that need a third party's tool or service; the tests run all others."""
LONGEST = 300
MEGABYTE = 1024 * 1024
SETTINGS = {setting.name.upper() for setting in fields(Settings) if setting.metadata} | {
    f"{provider.name.upper()}_{part}" for provider in discover() for part in ("API_KEY", "BASE_URL", "PROXY")
}
FRONT_MATTER = {
    "title": str,
    "emoji": str,
    "colorFrom": str,
    "colorTo": str,
    "sdk": str,
    "app_port": int,
    "pinned": bool,
    "license": str,
    "short_description": str,
    "tags": list,
}
"""What a Space says of itself: https://huggingface.co/docs/hub/spaces-config-reference."""
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
MOST_LETTERS = 60
"""A Space with a longer short description is refused."""


def blocks(language: str) -> list[str]:
    """Return the code blocks of a language in the document."""
    return re.findall(rf"^```{language}\n(.*?)^```$", DEPLOY, re.M | re.S)


def commands() -> list[str]:
    """Return every command, each on one line."""
    return [line for block in blocks("sh") for line in re.sub(r"\\\n\s*", "", block).splitlines() if line]


OURS = [command for command in commands() if not command.startswith(FOREIGN)]


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    """Yield a stand-in for all providers."""
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def engine(stand_in: StandIn) -> Iterator[Engine]:
    """Yield a deployed server."""
    with Engine({**stand_in.base_urls(), "CACHE_WARMING_ENABLED": "false"}, fresh=True) as engine:
        requests.get(f"{engine.url}/api/prices", timeout=20)
        yield engine


def run(command: str, folder: Path, stand_in: StandIn, engine: Engine) -> str:
    """Run a command of the document for the server's port, and return its output."""
    process = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command.replace("localhost:8000", f"localhost:{engine.port}")],
        cwd=folder,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **stand_in.base_urls()},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


@pytest.mark.parametrize("command", OURS)
def test_every_command_works(command: str, tmp_path: Path, stand_in: StandIn, engine: Engine) -> None:
    """Every command works, except those of other tools."""
    shutil.copy(ROOT / ".env.example", tmp_path)

    run(command, ROOT if command.startswith("make ") else tmp_path, stand_in, engine)


@pytest.mark.parametrize(("hops", "fewer"), [("0", 1), ("1", 0)])
def test_made_up_clients_show_the_proxies(hops: str, fewer: int, tmp_path: Path, stand_in: StandIn) -> None:
    """Without a proxy, two invented clients share a quota unless `TRUSTED_PROXY_HOPS` is too high.

    This is what the document asks operators to check.
    """
    tried = [command for command in OURS if "X-Forwarded-For" in command]
    counted_in = None
    while counted_in != time.time() // 60:  # again where a minute ended in the middle
        with Engine({**stand_in.base_urls(), "TRUSTED_PROXY_HOPS": hops}) as engine:
            counted_in = time.time() // 60
            left = [int(run(command, tmp_path, stand_in, engine).split(":")[1]) for command in tried]

    assert len(left) == 2
    assert left[1] == left[0] - fewer


def test_every_foreign_command_can_be_read() -> None:
    """A shell can parse every command of other tools."""
    foreign = [command for command in commands() if command.startswith(FOREIGN)]

    assert all(shlex.split(command) for command in foreign)
    assert len(foreign) + len(OURS) == len(commands()) > 15


def test_every_setting_exists() -> None:
    """Every setting in the text, the commands and the task definition exists."""
    [task] = [json.loads(block) for block in blocks("json")]
    [container] = task["containerDefinitions"]
    named = set(re.findall(r"(?<!--build-arg )\b([A-Z][A-Z0-9_]{2,})=", DEPLOY)) | set(
        re.findall(r"`([A-Z]+_[A-Z_]+)`", DEPLOY)
    )
    named |= {each["name"] for part in ("environment", "secrets") for each in container[part]}

    assert named - {"SPACE_ID", "COMPOSE_PROFILES"} <= SETTINGS
    assert {"TRUSTED_PROXY_HOPS", "CACHE_TYPE", "REDIS_URL", "WORKERS"} <= named


def test_the_task_makes_sense() -> None:
    """The task definition's settings are valid once the secret one is filled in."""
    [task] = [json.loads(block) for block in blocks("json")]
    environment = {each["name"]: each["value"] for each in task["containerDefinitions"][0]["environment"]}

    assert load_settings({**environment, "REDIS_URL": "rediss://:secret@redis:6379"}).workers == 1


def test_a_cdn_may_cache_answers_with_data(engine: Engine) -> None:
    """Answers with data may be cached by a CDN, and all others may not."""
    kept = requests.get(f"{engine.url}/api/prices", timeout=20).headers

    assert re.fullmatch(
        r"public, max-age=\d+, stale-while-revalidate=\d+, stale-if-error=86400", kept["Cache-Control"]
    )
    assert kept["Vary"] == "Accept, Accept-Encoding"
    for path in ("/api/health", "/api/symbols", "/nothing"):
        assert requests.get(engine.url + path, timeout=20).headers["Cache-Control"] == "no-store"


def test_several_origins_are_kept_apart(stand_in: StandIn) -> None:
    """With several allowed origins, answers have `Vary: Origin`."""
    with Engine({**stand_in.base_urls(), "CORS_ORIGINS": "https://a.example,https://b.example"}) as engine:
        varies = requests.get(f"{engine.url}/api/prices", timeout=20).headers["Vary"]

    assert {part.strip() for part in varies.split(",")} == {"Accept", "Accept-Encoding", "Origin"}


def test_256_megabytes_are_enough(engine: Engine) -> None:
    """The engine with a thousand hourly and daily candles of 28 coins fits in 256 MB."""
    with_quota = ASSETS[:28]
    for asset in with_quota:
        for interval in ("1h", "1d"):
            path = f"/api/ohlcv?symbol={asset.symbol}&interval={interval}&limit=1000"
            assert requests.get(engine.url + path, timeout=20).ok

    assert memory_of(engine.process.pid) < 200 * MEGABYTE


def test_both_documents_have_the_same_memory_at_start() -> None:
    """A server's memory at its start is the same number in both documents."""
    figures = [re.findall(r"starts with (\d+) MB", text) for text in (PERFORMANCE, DEPLOY)]

    assert figures[0] == figures[1] != []


def memory_of(parent: int) -> int:
    """Return the bytes of a process and its children, with shared memory counted once."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    memory = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in (str(parent), *children)]
    return sum(int(re.findall(r"^Pss:\s+(\d+)", each, re.M)[0]) for each in memory) * 1024


def test_a_space_knows_what_it_is() -> None:
    """The README begins with Hugging Face's metadata, whose port is the server's."""
    assert README.startswith("---\n")
    matter = yaml.safe_load(README.split("---\n")[1])

    assert {name: type(value) for name, value in matter.items()} == FRONT_MATTER
    assert {matter["colorFrom"], matter["colorTo"]} <= COLOURS
    assert len(matter["short_description"]) <= MOST_LETTERS
    assert not matter["emoji"].isascii()
    assert (matter["sdk"], matter["app_port"]) == ("docker", Settings().port)
    assert "EXPOSE 8000" in (ROOT / "Dockerfile").read_text()
    assert (ROOT / "LICENSE").read_text().startswith(f"{matter['license'].upper()} License")
    assert all(isinstance(tag, str) for tag in matter["tags"])


def test_a_space_needs_no_setting() -> None:
    """A Space needs no settings: one proxy is trusted and answers are in memory."""
    settings = load_settings({"SPACE_ID": "example/cryptocurrency-data-engine"})

    assert (settings.trusted_proxy_hops, settings.cache_type, settings.workers) == (1, "memory", 0)


def test_nginx_passes_every_stream() -> None:
    """The location for streams has each address of one, and no other address."""
    (pattern,) = re.findall(r"location ~ (\S+) \{", DEPLOY)
    streams = (
        *("/api/stream", "/api/v1/stream", "/api/stream/sse", "/api/v1/stream/sse"),
        *(f"{root}/{path}" for root in ("", "/compat/binance") for path in ("ws", "ws/a@trade", "stream")),
    )

    assert [path for path in streams if not re.search(pattern, path)] == []
    assert not any(re.search(pattern, path) for path in ("/api/ohlcv", "/api/v1/streams", "/x/ws", "/wss"))
