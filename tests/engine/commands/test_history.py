"""`python -m engine history`: fill, list, verify, export and prune."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from engine.commands.history import main
from engine.config import Settings
from engine.history.archive import Archive
from engine.history.job import COMMAND, Job
from engine.history.series import SeriesKey
from tests.upstreams import Fault, StandIn

Run = Callable[..., tuple[int, str, str]]
PART = ("BTCUSDT", "1h", "2026-01-01", "2026-03-01")


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """All providers, well."""
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def run(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Return a function that runs a command and returns its status, its output and its errors."""
    for name, value in {**stand_in.base_urls(), "DATA_DIR": f"{tmp_path}"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHON_DOTENV_DISABLED", "true")

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(list(arguments))
        return status, *capsys.readouterr()

    yield run
    logging.disable(logging.NOTSET)


def test_a_series_is_filled_listed_and_exported(run: Run, tmp_path: Path) -> None:
    """The bar shows the progress, and the file has every candle."""
    status, out, shown = run("fill", *PART)
    assert (status, out) == (0, "btc/USDT 1h: 1416 candles, done\n")
    assert "100% 1416 candles" in shown

    assert "2026-01-01T00:00:00Z  2026-02-28T23:00:00Z  1416" in run("list")[1]
    assert run("export", "BTCUSDT", "1h", f"{tmp_path / 'btc.csv'}")[0] == 0
    assert (tmp_path / "btc.csv").read_bytes().count(b"\r\n") == 1417


def test_verify_names_the_days_that_differ(run: Run, stand_in: StandIn) -> None:
    """Its status is 0 where a second provider agrees, and 1 with the days where it does not."""
    run("fill", *PART)
    assert run("verify", "BTCUSDT", "1h", "2026-01-05", "2026-01-07")[0] == 0

    for name in ("bybit", "kucoin", "gate", "okx", "bitstamp", "coinbase", "kraken", "cryptocompare"):
        stand_in.fault(name, Fault("price", factor=1.02))
    status, out, _ = run("verify", "BTCUSDT", "1h", "2026-01-05", "2026-01-07")
    assert status == 1
    assert "2026-01-05: 0 missing, 24 of 24 closes differ" in out
    assert "2 days compared, 2 differ" in out


def _leave_job(folder: Path, until: str) -> None:
    """Leave a job for hours of 2026 that a process has not ended."""
    archive = Archive(Settings(data_dir=f"{folder}", history_enabled=True))
    first, end = (int(datetime.fromisoformat(f"{day}T00:00Z").timestamp() * 1000) for day in (PART[2], until))
    job = Job("1", COMMAND, "BTCUSDT", SeriesKey("btc", "USDT", "1h"), first, end, first, 1)
    archive.change(lambda storage: storage.add_job(job))
    archive.release()
    archive.stop()


def test_an_interrupted_part_is_finished_and_then_the_rest_of_a_longer_one(run: Run, tmp_path: Path) -> None:
    """The command goes on with its earlier job, and stops only at the end that is asked for now."""
    _leave_job(tmp_path, "2026-01-15")

    status, out, _ = run("fill", *PART)

    assert (status, out.splitlines()[-1]) == (0, "btc/USDT 1h: 1080 candles, done")
    assert "2026-02-28T23:00:00Z  1416" in run("list")[1]


def test_a_shorter_part_than_an_interrupted_one_is_filled_alone(run: Run, tmp_path: Path) -> None:
    """Nothing is fetched beyond the end that is asked for."""
    _leave_job(tmp_path, "2026-03-01")

    assert run("fill", "BTCUSDT", "1h", "2026-01-01", "2026-01-03")[:2] == (
        0,
        "btc/USDT 1h: 48 candles, done\n",
    )


def test_verify_takes_no_silence_for_agreement(run: Run, stand_in: StandIn) -> None:
    """A venue without a candle of a day that is kept cannot be compared with: the next one is."""
    run("fill", *PART)
    stand_in.fault("bybit", Fault("empty"))
    for name in ("kucoin", "gate", "okx", "bitstamp", "coinbase", "kraken", "cryptocompare"):
        stand_in.fault(name, Fault("price", factor=1.02))
    day = ("verify", "BTCUSDT", "1h", "2026-01-05", "2026-01-06")

    status, out, shown = run(*day)
    assert (status, shown) == (1, "")
    assert "24 of 24 closes differ from" in out
    assert run(*day, "--venue", "bybit")[::2] == (1, "2026-01-05: bybit could not be asked: No candles\n")


def test_verify_fails_where_no_provider_could_be_asked(run: Run, stand_in: StandIn) -> None:
    """The next provider is asked first; without any the days are named, and the status is 1."""
    run("fill", *PART)
    stand_in.fault("bybit", Fault("status", status=500))
    day = ("verify", "BTCUSDT", "1h", "2026-01-05", "2026-01-06")
    assert run(*day)[:2] == (0, "btc/USDT 1h: 1 days compared, 0 differ\n")

    status, out, shown = run(*day, "--venue", "bybit")
    assert (status, out) == (1, "btc/USDT 1h: 0 days compared, 0 differ, 1 could not be compared\n")
    assert shown == "2026-01-05: bybit could not be asked: HTTP 500\n"


def test_prune_deletes_a_series(run: Run) -> None:
    """What is named is deleted, and there is nothing to delete of another one."""
    run("fill", "BTCUSDT", "1h", "2026-02-01", "2026-03-01")

    assert run("prune", "BTCUSDT", "1h")[:2] == (0, "btc/USDT 1h deleted\n")
    assert run("prune", "BTCUSDT", "1h")[0] == 1
    assert run("prune")[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("fill", "NOSUCHCOIN", "1h", "2026-01-01"),
        ("fill", "BTC", "7h", "2026-01-01"),
        ("fill", "BTC", "1h", "soon"),
    ],
)
def test_wrong_arguments_are_refused(run: Run, arguments: tuple[str, ...]) -> None:
    """The status is 2, and the message says what is expected."""
    status, _, shown = run(*arguments)

    assert status == 2
    assert "usage: python -m engine history" in shown


def test_other_coins_than_the_best_known_are_found(run: Run, tmp_path: Path) -> None:
    """The providers' lists say what a name means, also one in another quote currency."""
    status, out, shown = run("fill", "ETH/BTC", "1h", "2026-01-05", "2026-01-07")

    assert (status, out) == (0, "eth/BTC 1h: 48 candles, done\n"), shown
    assert "ETH/BTC 1h [####" in shown
    assert run("export", "ETH/BTC", "1h", f"{tmp_path / 'eth.csv'}")[0] == 0
