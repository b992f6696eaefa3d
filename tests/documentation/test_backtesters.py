"""The examples for backtesters in docs/history.md, each run on an exported file."""

import re
from pathlib import Path

import pytest

from engine.config import Settings
from engine.history.archive import Archive
from engine.history.exports import Export, pieces_of
from engine.history.series import Cause, Finding, KeptCandle, SeriesKey
from providers import Candle
from tests.running import ROOT

START, HOUR = 1_767_312_000_000, 3_600_000
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs/history.md").read_text(), re.S)
FILE = "btc-usdt-1h.parquet"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an exported file of ten days of hours, whose closes count up."""
    folder = tmp_path_factory.mktemp("exports")
    archive = Archive(Settings(data_dir=f"{folder}", history_enabled=True))
    key, until = SeriesKey("btc", "USDT", "1h"), START + 240 * HOUR
    kept = [
        KeptCandle(Candle(START + at * HOUR, 1.0, 300.0, 1.0, 1.0 + at, 2.0), "binance") for at in range(240)
    ]
    archive.write(key, Finding(START, until, kept, START), Cause.JOB)
    export = Export(key, START, until, until, "parquet", None, str)
    (folder / FILE).write_bytes(b"".join(pieces_of(export, archive, ())))
    archive.stop()
    return folder


def closes(daily: object) -> list[float]:
    """Return the daily closes that an example has computed, in the order of days."""
    if isinstance(daily, list):  # DuckDB's rows
        return [row[1] for row in daily]
    if hasattr(daily, "tolist"):  # a series of pandas
        return list(daily.tolist())
    return list(daily["close"].to_list())  # type: ignore[index]


@pytest.mark.parametrize("example", EXAMPLES, ids=["pandas", "polars", "duckdb"])
@pytest.mark.filterwarnings("ignore")
def test_examples_read_an_export(example: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pandas, polars and DuckDB compute the same daily closes from one file."""
    monkeypatch.chdir(folder)
    names: dict[str, object] = {}
    exec(example, names)

    assert closes(names["daily"]) == [24.0 * day for day in range(1, 11)]
