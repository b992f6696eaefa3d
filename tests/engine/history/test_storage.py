"""The archive in SQLite and in PostgreSQL returns what was written, completely, once, with its revisions."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, event, select, update

from engine.history import tables
from engine.history.errors import ArchiveFull, NotTheWriter
from engine.history.job import Job
from engine.history.lookup import touch
from engine.history.series import SeriesKey
from engine.history.storage import Storage
from tests.engine.history.kept import BTC, ETH, MINUTE, START, Cause, Gap, candle, finding, kept

Open = Callable[..., Storage]
HOUR = 60 * MINUTE
SOL = SeriesKey("sol", "USDT", "1m")


def closes(storage: Storage, first: int = 0, until: int = 5000, as_of: int | None = None) -> list[float]:
    """Return the closes of minutes."""
    piece = storage.read(BTC, START + first * MINUTE, START + until * MINUTE, as_of)
    return [it.candle.close for it in piece.candles]


def test_what_is_written_is_read(storage: Storage) -> None:
    """Candles are read as they were written, with their provider and the time of their receipt."""
    candles = [kept(0), kept(1, 100.5, "kraken"), kept(2)]

    written = storage.write(BTC, finding(*candles), Cause.REQUEST)

    piece = storage.read(BTC, START, START + 3 * MINUTE)
    assert written.added == 3
    assert list(piece.candles) == candles
    assert list(piece.gaps) == []


def test_pages_and_recent_rows_are_one_series(storage: Storage) -> None:
    """A long list becomes pages, a short one becomes rows, and a read joins both."""
    storage.write(BTC, finding(*(kept(minute, 100 + minute / 64) for minute in range(3000))), Cause.JOB)
    storage.write(BTC, finding(kept(3000), kept(3001)), Cause.REQUEST)

    piece = storage.read(BTC, START, START + 3002 * MINUTE)
    assert [it.candle.open_time for it in piece.candles] == [START + at * MINUTE for at in range(3002)]
    assert piece.candles[2999].candle == candle(2999, 100 + 2999 / 64)


def test_many_appends_are_folded_into_pages(storage: Storage) -> None:
    """After some hundreds, rows are moved into pages, and all candles stay."""
    for minute in range(0, 700, 100):
        storage.write(BTC, finding(*(kept(at) for at in range(minute, minute + 100))), Cause.REQUEST)

    (summary,) = storage.summaries()
    assert summary.candles == 700
    assert summary.bytes < 700 * 60
    assert len(closes(storage)) == 700


def test_unknown_figures_stay_unknown(storage: Storage) -> None:
    """An unknown volume stays unknown in rows and in pages, and is no zero."""
    without = [kept(at) for at in range(2)]
    storage.write(BTC, finding(*without), Cause.REQUEST)
    many = [kept(at) for at in range(10, 200)]
    storage.write(BTC, finding(*many), Cause.REQUEST)

    piece = storage.read(BTC, START, START + 200 * MINUTE)
    assert {it.candle.trades for it in piece.candles} == {None}
    assert {it.candle.volume for it in piece.candles} == {1.25}


def test_a_candle_is_kept_once(storage: Storage) -> None:
    """The same candles again, or another provider's for the same times, change nothing."""
    storage.write(BTC, finding(kept(0), kept(1)), Cause.REQUEST)
    again = storage.write(BTC, finding(kept(0), kept(1, 100.75, "kraken"), known=START + HOUR), Cause.REQUEST)

    assert (again.added, again.corrected) == (0, ())
    assert closes(storage) == [100.25, 100.25]


def test_a_correction_keeps_what_was_before(storage: Storage) -> None:
    """A venue that changes a candle raises its revision, and `asOf` gives what was known then."""
    storage.write(BTC, finding(kept(0), kept(1)), Cause.REQUEST)
    for hours, close in ((1, 100.5), (2, 100.75)):
        known = START + hours * HOUR
        storage.write(BTC, finding(kept(0, close, known=known), known=known), Cause.REQUEST)

    newest = storage.read(BTC, START, START + MINUTE).candles[0]
    assert (newest.revision, newest.candle.close, newest.known) == (2, 100.75, START + 2 * HOUR)
    assert closes(storage, as_of=START) == [100.25, 100.25]
    assert closes(storage, as_of=START + HOUR) == [100.5, 100.25]
    assert closes(storage, as_of=START + 3 * HOUR) == [100.75, 100.25]


def test_what_was_unknown_then_is_not_fetched(storage: Storage) -> None:
    """A candle is a gap for times before the engine received it."""
    storage.write(BTC, finding(kept(0), kept(1, known=START + HOUR), known=START), Cause.REQUEST)

    piece = storage.read(BTC, START, START + 2 * MINUTE, START)
    assert [it.candle.open_time for it in piece.candles] == [START]
    assert list(piece.gaps) == [Gap(START + MINUTE, START + 2 * MINUTE, "not_fetched")]


def test_gaps_have_reasons(storage: Storage) -> None:
    """A missing candle that was requested has the reason if one was found, and others were not fetched."""
    no_trades = Gap(START + MINUTE, START + 2 * MINUTE, "no_trades")
    storage.write(BTC, finding(kept(0), kept(2), kept(4), gaps=(no_trades,)), Cause.REQUEST)

    piece = storage.read(BTC, START - MINUTE, START + 6 * MINUTE)
    assert list(piece.gaps) == [
        Gap(START - MINUTE, START, "not_fetched"),
        no_trades,
        Gap(START + 3 * MINUTE, START + 4 * MINUTE, "unknown"),
        Gap(START + 5 * MINUTE, START + 6 * MINUTE, "not_fetched"),
    ]


def test_a_hole_that_is_filled_is_none(storage: Storage) -> None:
    """A later fetch fills a gap, and one without a result keeps the reason."""
    no_trades = Gap(START + MINUTE, START + 2 * MINUTE, "no_trades")
    storage.write(BTC, finding(kept(0), kept(3), gaps=(no_trades,)), Cause.REQUEST)
    storage.write(BTC, finding(kept(0), kept(2), kept(3)), Cause.REQUEST)

    assert list(storage.read(BTC, START, START + 4 * MINUTE).gaps) == [no_trades]


def test_a_series_is_summed_up(storage: Storage) -> None:
    """The summary of a series has its first and last candle, its counts and its providers."""
    storage.write(BTC, finding(kept(0), kept(2, provider="kraken")), Cause.REQUEST)

    (summary,) = storage.summaries()
    assert (summary.key, summary.first, summary.last) == (BTC, START, START + 2 * MINUTE)
    assert (summary.candles, summary.gaps, summary.providers) == (2, 1, ("binance", "kraken"))


def long(storage: Storage, key: object, cause: Cause) -> None:
    """Write a page and a half of varied candles."""
    candles = [kept(at, 100 + (at * 7919 % 997) / 1000) for at in range(2000)]
    storage.write(key, finding(*candles), cause)  # type: ignore[arg-type]


def almost_full(opened: Open, cause: Cause) -> tuple[Storage, int]:
    """Return a storage with BTC by a cause, and with ETH by a request, that has no room for a third series.

    The number is how many bytes it may keep.
    """
    size = opened()
    long(size, BTC, cause)
    most = int(size.sizes().bytes * 2.5)
    size.release()
    storage = opened(most)
    long(storage, ETH, Cause.REQUEST)
    return storage, most


def test_requested_series_go_before_those_of_jobs(opened: Open) -> None:
    """If there is no room, series from anonymous requests are deleted first."""
    storage, most = almost_full(opened, Cause.JOB)

    long(storage, SOL, Cause.JOB)

    assert [it.key.coin for it in storage.summaries() if it.candles == 2000] == ["btc", "sol"]
    assert storage.sizes().bytes <= most


def test_the_series_that_was_read_last_goes_last(opened: Open) -> None:
    """A read counts as a use, by which requested series have their order; one that is gone is left out."""
    storage, _ = almost_full(opened, Cause.REQUEST)

    storage.touch([BTC, SeriesKey("gone", "USDT", "1m")])
    long(storage, SOL, Cause.REQUEST)

    assert [it.key.coin for it in storage.summaries() if it.candles == 2000] == ["btc", "sol"]


def test_any_number_of_series_is_noted_by_one_statement(storage: Storage) -> None:
    """A read of a thousand series costs hardly more than that of one."""
    statements: list[str] = []
    storage.write(BTC, finding(kept(0)), Cause.REQUEST)

    def work(connection: Connection) -> None:
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        touch(connection, [BTC, *(SeriesKey(f"{number}", "USDT", "1m") for number in range(999))], 7.0)

    storage._database.write(work)
    assert len(statements) == 1
    assert storage._database.read(lambda connection: connection.scalar(select(tables.series.c.used))) == 7.0


def test_series_of_the_settings_stay(opened: Open) -> None:
    """A full archive of series in the settings accepts no more candles, and reports it."""
    size = opened()
    long(size, BTC, Cause.SETTING)
    size.release()
    storage = opened(size.sizes().bytes)

    with pytest.raises(ArchiveFull):
        long(storage, ETH, Cause.REQUEST)
    assert [it.key for it in storage.summaries()] == [BTC]


def test_one_process_writes_at_a_time(opened: Open) -> None:
    """One process writes until its lease is released or expires, and others may read."""
    first, second = opened(), opened()
    first.write(BTC, finding(kept(0)), Cause.REQUEST)

    with pytest.raises(NotTheWriter):
        second.write(BTC, finding(kept(1)), Cause.REQUEST)
    assert closes(second) == [100.25]
    first.release()
    second.write(BTC, finding(kept(1)), Cause.REQUEST)
    assert closes(first) == [100.25, 100.25]


def test_a_corrupt_page_is_fetched_again(storage: Storage, caplog: pytest.LogCaptureFixture) -> None:
    """A corrupt page is logged, its times count as not fetched, and the other pages stay."""
    long(storage, BTC, Cause.REQUEST)

    def damage(connection: Connection) -> None:
        page = tables.page
        connection.execute(update(page).where(page.c.start == START).values(data=b"damaged"))

    storage.as_writer(damage)
    piece = storage.read(BTC, START, START + 2000 * MINUTE)

    assert next(it.candle.open_time for it in piece.candles) == START + 1440 * MINUTE
    assert list(piece.gaps) == [Gap(START, START + 1440 * MINUTE, "not_fetched")]
    assert "2026-01-02T00:00:00Z of btc/USDT 1m is corrupt" in caplog.text


def test_a_series_can_be_deleted(storage: Storage) -> None:
    """A deleted series leaves nothing, and others stay."""
    storage.write(BTC, finding(kept(0)), Cause.REQUEST)
    storage.write(ETH, finding(kept(0)), Cause.REQUEST)

    assert storage.drop(BTC)
    assert not storage.drop(BTC)
    assert [it.key for it in storage.summaries()] == [ETH]


def test_values_of_other_parts_are_kept_by_name(opened: Open) -> None:
    """The last value under a name is found by the next start."""
    first = opened()
    for data in (b"older", b"\x00newer"):
        first.put_value("bindings", data)
    first.release()

    assert opened().value("bindings") == b"\x00newer"
    assert opened().value("others") is None


def test_a_candle_that_was_corrected_before_it_went_into_a_page_is_counted(storage: Storage) -> None:
    """A correction changes no count, and the last candle stays the last."""
    storage.write(BTC, finding(kept(0), kept(1)), Cause.REQUEST)
    storage.write(BTC, finding(kept(1, 100.5), known=START + HOUR), Cause.REQUEST)

    (summary,) = storage.summaries()
    assert (summary.candles, summary.last, storage.sizes().candles) == (2, START + MINUTE, 2)


def test_a_corrected_candle_of_a_page_is_counted_once(storage: Storage) -> None:
    """A candle whose correction is not in its page yet is one candle."""
    storage.write(BTC, finding(*(kept(at) for at in range(200))), Cause.REQUEST)
    storage.write(BTC, finding(kept(150, 100.5), known=START + HOUR), Cause.REQUEST)

    (summary,) = storage.summaries()
    assert (summary.candles, storage.sizes().candles) == (200, 200)


def test_a_hole_that_is_found_again_is_known_since_the_first_time(storage: Storage) -> None:
    """What a second fetch confirms was known before it, too."""
    hole = Gap(START + MINUTE, START + 2 * MINUTE, "no_trades")
    for known in (START, START + HOUR):
        storage.write(BTC, finding(kept(0), kept(2), known=known, gaps=(hole,)), Cause.REQUEST)

    piece = storage.read(BTC, START, START + 3 * MINUTE, as_of=START + 1)
    assert list(piece.gaps) == [hole]


def test_a_request_deletes_no_series_of_a_job(opened: Open) -> None:
    """What anonymous clients ask for goes first: it takes no room from what a key's owner has filled."""
    size = opened()
    long(size, BTC, Cause.JOB)
    size.release()
    storage = opened(int(size.sizes().bytes * 1.5))

    with pytest.raises(ArchiveFull):
        long(storage, ETH, Cause.REQUEST)
    long(storage, ETH, Cause.SETTING)
    assert [it.key for it in storage.summaries() if it.candles == 2000] == [ETH]


def _job(number: str, key: SeriesKey, minutes: int) -> Job:
    return Job(number, "desk", "BTCUSDT", key, START, START + minutes * MINUTE, START, 1)


def test_a_job_needs_no_room_for_what_is_kept(opened: Open) -> None:
    """A job over a part that is filled already fits, however small the room that is left."""
    size = opened()
    long(size, BTC, Cause.JOB)
    size.release()
    storage = opened(size.sizes().bytes + 1000)

    storage.add_job(_job("1", BTC, 2000))
    with pytest.raises(ArchiveFull):
        storage.add_job(_job("2", ETH, 2000))


def test_jobs_that_wait_take_the_room_of_later_ones(opened: Open) -> None:
    """Two jobs that fit alone and not together are not both taken."""
    storage = opened(30_000)

    storage.add_job(_job("1", BTC, 2000))
    storage.add_job(_job("2", BTC, 2000))
    with pytest.raises(ArchiveFull):
        storage.add_job(_job("3", ETH, 2000))
    storage.cancel_job("1")
    storage.cancel_job("2")
    storage.add_job(_job("4", ETH, 2000))
