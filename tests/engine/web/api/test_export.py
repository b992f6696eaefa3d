"""Files of the history: whole, in three formats, packed on request, and from the archive alone."""

import csv
import gzip
import io
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
import zstandard
from flask.testing import FlaskClient

from engine.errors import ApiError
from engine.history.errors import ArchiveUnreachable
from engine.history.exports import Export, pieces_of
from engine.history.series import SeriesKey
from engine.store import Store
from engine.store.memory import MemoryCache
from engine.web.api import _export_slots
from engine.web.api._export_slots import AT_ONCE, HELD, ExportSlot
from engine.web.api._streaming import Cut
from engine.web.services import services_of
from tests.clock import Clock
from tests.engine.history.kept import MINUTE, START, Cause, Gap, finding, kept
from tests.engine.web.api.answers import failure
from tests.engine.web.conftest import Make
from tests.redis_server import RedisServer, needs_redis
from tests.upstreams import StandIn
from tests.waiting import eventually

KEY = SeriesKey("btc", "USDT", "1m")
COUNT = 5000
EXPORT = "/api/export?symbol=BTC&interval=1m"


@pytest.fixture
def client(make: Make, tmp_path: Path) -> Any:
    """An application whose history has some days of minutes, with two holes."""
    client = make(history_enabled=True, data_dir=f"{tmp_path}")
    archive = services_of(client.application).archive
    rows = [kept(at, 100 + at / 8) for at in range(COUNT) if at not in (10, 11, 12, 4000)]
    holes = (Gap(START + 10 * MINUTE, START + 13 * MINUTE, "no_trades"),)
    archive.write(KEY, finding(*rows, gaps=holes), Cause.JOB)
    archive.write(SeriesKey("eth", "USDT", "1m"), finding(kept(0, provider="kraken")), Cause.JOB)
    yield client
    archive.stop()


def rows_of(data: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_csv_has_every_candle(client: FlaskClient) -> None:
    """A CSV file has one line a candle with its origin, empty fields for unknown figures, and counts gaps."""
    response = client.get(EXPORT)
    rows = rows_of(response.data)

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="btc-usdt-1m.csv"'
    assert response.headers["X-Data-Gaps"] == "2"
    assert response.headers["X-Data-Source"] == "binance"
    assert (response.headers["X-Data-Stale"], response.headers["X-Data-Age"]) == ("false", "0.0")
    assert len(rows) == COUNT - 4
    assert rows[1] == {
        "timestamp": f"{START + MINUTE}",
        "open": "100.0",
        "high": "101.5",
        "low": "99.0",
        "close": "100.125",
        "volume": "1.25",
        "quoteVolume": "",
        "trades": "",
        "provider": "binance",
        "revision": "0",
        "filled": "false",
    }
    assert [int(row["timestamp"]) for row in rows] == sorted(int(row["timestamp"]) for row in rows)


def test_ndjson_has_an_object_a_line(client: FlaskClient) -> None:
    """An NDJSON file has the rows of the CSV file with JSON's types."""
    lines = client.get(f"{EXPORT}&format=ndjson").data.splitlines()

    assert len(lines) == COUNT - 4
    first = orjson.loads(lines[0])
    assert (first["timestamp"], first["close"], first["volume"]) == (START, 100.0, 1.25)
    assert (first["trades"], first["filled"], first["provider"]) == (None, False, "binance")


def test_parquet_has_types_and_facts(client: FlaskClient) -> None:
    """Times are times, unknown figures are null, and the metadata lists gaps and sources."""
    from pyarrow import parquet

    table = parquet.read_table(io.BytesIO(client.get(f"{EXPORT}&format=parquet").data))
    facts = orjson.loads(table.schema.metadata[b"engine"])

    assert table.num_rows == COUNT - 4
    assert f"{table.schema.field('timestamp').type}" == "timestamp[ms, tz=UTC]"
    assert table["trades"].null_count == table.num_rows
    assert table["volume"].null_count == 0
    assert table["provider"][0].as_py() == "binance"
    assert facts["gaps"] == [
        [START + 10 * MINUTE, START + 12 * MINUTE, "no_trades"],
        [START + 4000 * MINUTE, START + 4000 * MINUTE, "unknown"],
    ]
    assert facts["sources"] == ["binance"]


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_files_are_packed_on_request(client: FlaskClient, compression: str) -> None:
    """A packed file is the plain one when it is unpacked, and its name says how."""
    plain = client.get(EXPORT).data
    packed = client.get(f"{EXPORT}&compression={compression}")
    if compression == "gzip":
        data = gzip.decompress(packed.data)
    else:
        data = zstandard.ZstdDecompressor().decompressobj().decompress(packed.data)

    assert data == plain
    assert len(packed.data) < len(plain) / 3
    assert packed.headers["Content-Type"] == f"application/{compression}"
    assert "Content-Encoding" not in packed.headers


def test_a_part_is_exported(client: FlaskClient, stand_in: StandIn) -> None:
    """An exported part includes both ends, has gaps where nothing is kept, and asks no provider."""
    first, last = START - 5 * MINUTE, START + 2 * MINUTE
    response = client.get(f"{EXPORT}&startTime={first}&endTime={last}")

    assert len(rows_of(response.data)) == 3
    assert response.headers["X-Data-Gaps"] == "1"
    assert stand_in.calls.count() == 0


def test_an_empty_series_is_an_empty_file(client: FlaskClient) -> None:
    """The file of a series that is not kept has the header line alone."""
    assert client.get("/api/export?symbol=ETH&interval=1d").data.count(b"\r\n") == 1


def test_a_part_ends_where_candles_are_closed(client: FlaskClient) -> None:
    """An end in the future is no gap and no long range: the part ends with the last closed candle."""
    end = int(services_of(client.application).clock() * 1000) + 900 * 86_400_000
    response = client.get(f"{EXPORT}&startTime={START + (COUNT - 1) * MINUTE}&endTime={end}")
    gap = client.get(f"{EXPORT}&startTime={end - MINUTE}&endTime={end}").headers["X-Data-Gaps"]

    assert (response.status_code, len(rows_of(response.data)), gap) == (200, 1, "0")


def test_times_without_a_candle_cost_nothing(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the part that has candles is read, however long the range is that is asked for."""
    archive = services_of(client.application).archive
    export = Export(KEY, 0, START + COUNT * MINUTE, START + 1, "csv", None, str)
    reads: list[object] = []
    run = archive.run

    def counted(work: Any) -> object:
        reads.append(work)
        return run(work)

    monkeypatch.setattr(archive, "run", counted)

    data = b"".join(pieces_of(export, archive, []))

    assert len(rows_of(data)) == COUNT - 4
    assert len(reads) < 10


def test_the_name_of_a_file_is_plain(client: FlaskClient) -> None:
    """The name of a file is ASCII, because a header takes nothing else and some coins have other letters."""
    export = Export(SeriesKey("币安人生-one", "USDT", "1m"), 0, 1, 1, "csv", "gzip", str)

    assert export.name == "-----one-usdt-1m.csv.gz"


def test_a_range_beyond_the_limit_is_refused(client: FlaskClient) -> None:
    """A range beyond the limit is refused, and the details have the limit."""
    error = failure(client, f"{EXPORT}&startTime={START - 400 * 86_400_000}&endTime={START}", 422)

    assert error["code"] == "RANGE_TOO_LARGE"
    assert error["details"] == {"days": 366}


def test_a_client_gets_two_exports_at_once(client: FlaskClient) -> None:
    """A third export of a client is refused until another one has ended."""
    open_ones = [client.get(EXPORT, buffered=False) for _ in range(AT_ONCE)]

    assert failure(client, EXPORT, 429)["code"] == "RATE_LIMITED"
    for response in open_ones:
        response.close()
    assert client.get(EXPORT).status_code == 200


@needs_redis
def test_exports_are_counted_over_all_workers(make: Make, tmp_path: Path, server: RedisServer) -> None:
    """With Redis, a client that receives a file from each of two workers gets no third one from either."""
    settings = {"history_enabled": True, "cache_type": "redis", "redis_url": server.url}
    workers = [make(**settings, data_dir=f"{tmp_path}") for _ in range(2)]
    open_ones = [worker.get(EXPORT, buffered=False) for worker in workers]

    for worker in workers:
        assert failure(worker, EXPORT, 429)["code"] == "RATE_LIMITED"
    open_ones[0].close()
    assert workers[1].get(EXPORT).status_code == 200
    open_ones[1].close()


def test_a_slot_is_held_while_it_is_renewed(clock: Clock) -> None:
    """The slot of a dead worker is free when a refused client comes again; renewed slots are held."""
    store = Store(MemoryCache(clock=clock))
    held: list[ExportSlot] = []

    def take() -> ExportSlot:
        return ExportSlot(store, "client", held.append)

    living, dead = [take() for _ in range(AT_ONCE)]
    for _ in range(HELD):
        with pytest.raises(ApiError) as refusal:
            take()
        clock.advance(1)
        living.renew()
    assert refusal.value.retry_after == HELD

    third = take()
    assert [slot.is_held for slot in (living, dead, third)] == [True, True, True]
    dead.renew()
    dead.free()  # another has its slot by now
    with pytest.raises(ApiError):
        take()
    third.free()
    third.renew()
    assert take().is_held


def test_slots_are_renewed_while_a_client_takes_nothing(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread renews slots as long as there are any, also while clients take nothing."""
    going, renewed = threading.Semaphore(0), threading.Semaphore(0)
    monkeypatch.setattr(_export_slots, "RENEWALS", _export_slots.Renewals())
    monkeypatch.setattr(_export_slots, "time", SimpleNamespace(sleep=lambda _: going.acquire()))
    renew = ExportSlot.renew

    def counted(slot: ExportSlot) -> None:
        renew(slot)
        renewed.release()

    monkeypatch.setattr(ExportSlot, "renew", counted)
    store = services_of(client.application).store
    response = client.get(EXPORT, buffered=False)
    [key] = [key for key, _, _ in store._local.memory.snapshot() if key.startswith("export:")]
    store.delete(key)
    going.release()
    assert renewed.acquire(timeout=20)
    assert store.get(key, str)

    response.close()
    going.release()
    assert not store.get(key, str)
    eventually(lambda: not _export_slots.RENEWALS._runs)


def test_a_file_that_cannot_be_read_on_is_cut(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream fails in the middle, so that a client sees an error and no short file."""
    from engine.history.storage import Storage

    def fail(*_: object) -> None:
        raise ArchiveUnreachable("gone")

    response = client.get(EXPORT, buffered=False)
    pieces = iter(response.iter_encoded())
    assert next(pieces).startswith(b"timestamp")
    monkeypatch.setattr(Storage, "read_columns", fail)

    with pytest.raises(Cut):
        list(pieces)
    response.close()


def test_without_a_history_there_is_no_export(make: Make) -> None:
    """Without a history an export is HISTORY_DISABLED."""
    assert failure(make(), EXPORT, 404)["code"] == "HISTORY_DISABLED"
