"""The stored history and the jobs that fill it."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from engine.history.archive import READ_WITHIN
from engine.history.errors import ArchiveUnreachable, WrongRelease
from engine.history.series import SeriesKey
from engine.history.threads import Threads
from engine.web.services import Services, services_of
from tests.clock import Clock
from tests.engine.history.kept import MINUTE, START, Cause, finding, kept
from tests.engine.web.api.answers import failure
from tests.engine.web.conftest import Make

JOBS = "/api/history/jobs"
DAY = 86_400
MINE, OTHERS = {"X-API-Key": "mine"}, {"X-API-Key": "others"}


@dataclass
class Keyed:
    """A client of an application with a history and two keys."""

    client: Any
    services: Services
    settings: dict[str, Any]
    make: Make

    def post(self, days: int = 10, headers: dict[str, str] = MINE, **members: Any) -> Any:
        """Request a job for some days of hours."""
        end = int(self.services.clock()) - 40 * DAY
        body = {"symbol": "BTC", "interval": "1h", "startTime": end - days * DAY, "endTime": end, **members}
        return self.client.post(JOBS, json=body, headers=headers)

    def work(self) -> int:
        """Run the waiting jobs in the background."""
        self.services.backfilling.look()
        return self.services.backfilling.tick()


@pytest.fixture
def keyed(make: Make, tmp_path: Path) -> Iterator[Keyed]:
    """Return a client with two keys of two owners."""
    lines = [f"{name}:free:{sha256(name.encode()).hexdigest()}\n" for name in ("mine", "others")]
    (tmp_path / "keys").write_text("".join(lines))
    settings = {
        "history_enabled": True,
        "data_dir": f"{tmp_path / 'data'}",
        "api_keys_file": f"{tmp_path / 'keys'}",
    }
    (tmp_path / "data").mkdir()
    client = make(**settings)
    services = services_of(client.application)
    yield Keyed(client, services, settings, make)
    services.archive.stop()


def test_a_job_fills_the_history(keyed: Keyed) -> None:
    """A job is accepted and run in the background, and its result is listed."""
    accepted = keyed.post()
    assert accepted.status_code == 202
    assert accepted.json["state"] == "waiting"
    keyed.work()

    job = keyed.client.get(f"{JOBS}/{accepted.json['id']}", headers=MINE).json
    (series,) = keyed.client.get("/api/history").json["data"]
    assert (job["state"], job["done"], job["candles"]) == ("done", job["total"], 240)
    assert (series["symbol"], series["interval"], series["candles"]) == ("BTCUSDT", "1h", 240)
    assert (series["gaps"], series["providers"]) == (0, ["binance"])


def test_a_job_survives_a_restart(keyed: Keyed) -> None:
    """A job is stored with the history, and the next process runs it."""
    number = keyed.post(days=150).json["id"]
    again = keyed.make(**keyed.settings)
    services = services_of(again.application)
    services.backfilling.look()
    services.backfilling.tick()

    job: Any = again.get(f"{JOBS}/{number}", headers=MINE).json
    services.archive.stop()
    assert job["state"] == "done"


def test_a_job_belongs_to_its_key(keyed: Keyed) -> None:
    """A job is unknown to another key, and without a key jobs are refused."""
    number = keyed.post().json["id"]

    assert failure(keyed.client, f"{JOBS}/{number}", 404, headers=OTHERS)["code"] == "NOT_FOUND"
    assert failure(keyed.client, f"{JOBS}/{number}", 401)["code"] == "UNAUTHORIZED"
    assert keyed.post(headers={}).status_code == 401


def test_a_job_can_be_cancelled(keyed: Keyed) -> None:
    """A cancelled job is not continued."""
    number = keyed.post().json["id"]
    cancelled = keyed.client.delete(f"{JOBS}/{number}", headers=MINE)

    assert cancelled.json["state"] == "cancelled"
    assert keyed.work() == 0


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"symbol": "NOSUCHCOIN"}, "INVALID_SYMBOL"),
        ({"interval": "7m"}, "INVALID_INTERVAL"),
        ({"startTime": "soon"}, "INVALID_PARAMETER"),
        ({"startTime": 2_000_000_000, "endTime": 2_000_001_000}, "INVALID_PARAMETER"),
    ],
)
def test_a_wrong_job_is_refused(keyed: Keyed, members: dict[str, Any], code: str) -> None:
    """An invalid job is refused with its code."""
    refused = keyed.post(**members)

    assert (refused.status_code, refused.json["error"]["code"]) == (400, code)


def test_a_job_that_cannot_fit_is_refused_at_its_start(keyed: Keyed) -> None:
    """A job beyond the space is STORAGE_FULL at its start, and reading continues."""
    client = keyed.make(**{**keyed.settings, "history_max_bytes": 2000})
    services = services_of(client.application)
    end = int(keyed.services.clock()) - 40 * DAY
    body = {"symbol": "BTC", "interval": "1h", "startTime": end - 100 * DAY, "endTime": end}
    refused = client.post(JOBS, json=body, headers=MINE)

    assert refused.status_code == 507
    assert refused.json is not None
    assert refused.json["error"]["code"] == "STORAGE_FULL"
    assert client.get("/api/history").status_code == 200
    services.archive.stop()


def test_what_clients_asked_for_is_private(keyed: Keyed) -> None:
    """Without a key the list of the history has only the best-known coins."""
    archive = keyed.services.archive
    archive.write(SeriesKey("obscure", "USDT", "1m"), finding(kept(0)), Cause.REQUEST)
    archive.write(SeriesKey("btc", "USDT", "1m"), finding(kept(0)), Cause.REQUEST)

    def listed(headers: dict[str, str]) -> list[str]:
        answer: Any = keyed.client.get("/api/history", headers=headers).json
        return [row["symbol"] for row in answer["data"]]

    assert listed({}) == ["BTCUSDT"]
    assert listed(MINE) == ["BTCUSDT", "@obscure/USDT"]
    assert START % MINUTE == 0


def test_without_a_history_there_are_no_jobs(make: Make) -> None:
    """Without a history the list and the jobs are HISTORY_DISABLED."""
    client = make()

    assert failure(client, "/api/history", 404)["code"] == "HISTORY_DISABLED"


@pytest.mark.parametrize("path", ["/api/history", f"{JOBS}/{'a' * 32}", "/api/export?symbol=BTC&interval=1h"])
def test_an_outage_of_the_database_is_none_of_what_it_keeps(keyed: Keyed, path: str) -> None:
    """While the database does not answer, a request for the history is 503 with a time to wait, not 404."""
    keyed.services.archive.availability.lost(ArchiveUnreachable("the database does not answer"))
    answer = keyed.client.get(path, headers=MINE)

    assert (answer.status_code, answer.json["error"]["code"]) == (503, "OVERLOADED")
    assert answer.json["error"]["retryAfter"] == int(answer.headers["Retry-After"]) > 0
    keyed.services.archive.availability.refuse(WrongRelease("the history is of a newer release"))
    assert keyed.client.get(path, headers=MINE).json["error"]["code"] == "HISTORY_DISABLED"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/history"),
        ("POST", JOBS),
        ("GET", f"{JOBS}/{'a' * 32}"),
        ("DELETE", f"{JOBS}/{'a' * 32}"),
        ("GET", "/api/export?symbol=BTC&interval=1h"),
    ],
)
def test_a_database_that_hangs_is_told_soon(
    keyed: Keyed, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    """The first query of a request has three seconds, also where later ones may take longer."""
    keyed.services.archive.summaries()  # it is open
    limits: list[float | None] = []

    def hang(threads: Threads[Any], work: object, within: float | None = None) -> None:
        limits.append(within)
        raise ArchiveUnreachable("the database does not answer in time")

    monkeypatch.setattr(Threads, "beside", hang)
    body = {"symbol": "BTC", "interval": "1h", "startTime": START} if method == "POST" else None
    answer = keyed.client.open(path, method=method, headers=MINE, json=body)

    assert (answer.status_code, answer.json["error"]["code"]) == (503, "OVERLOADED")
    assert limits == [READ_WITHIN]


def test_without_keys_jobs_run_by_command_only(make: Make, tmp_path: Path, clock: Clock) -> None:
    """Without keys a job is refused with the command to run instead."""
    client = make(history_enabled=True, data_dir=f"{tmp_path}")
    refused = client.post(JOBS, json={"symbol": "BTC", "startTime": int(clock()) - DAY})

    assert refused.status_code == 404
    assert "python -m engine history fill" in refused.text
