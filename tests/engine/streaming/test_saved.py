"""A restart of a single worker loses no message: no candle is repeated, and none is left out."""

from pathlib import Path

import pytest

from engine.streaming.cursors import Cursor
from engine.streaming.hub import Hub
from engine.streaming.log import KEPT
from engine.streaming.publishing import LocalPublisher
from engine.streaming.saved import FILE, MOST, SavedLog

NOW = 1_790_274_180_000
BTC, PRICE = "candles:BTCUSDT:1m", "prices:BTC"


def published(count: int) -> Hub:
    """Return a hub with `count` closed candles, and a price after each."""
    clock = [NOW]
    hub = Hub("7f3a", lambda: clock[0])
    publisher = LocalPublisher(hub, lambda: clock[0])
    for number in range(count):
        clock[0] += 1
        publisher.publish(BTC, {"type": "candle", "data": number}, conflated=False, reached=number)
        publisher.publish(PRICE, {"type": "price", "data": number}, conflated=True)
    return hub


def again(folder: Path, now: int) -> Hub:
    """Return the hub after a restart."""
    hub = Hub("beef", lambda: now)
    if (before := SavedLog(str(folder)).take(now)) is not None:
        hub.begin(*before)
    return hub


def test_a_cursor_serves_after_a_restart(tmp_path: Path) -> None:
    """After a restart a client gets exactly the messages after its cursor, and its series continues."""
    before = published(5)
    cursors = [Cursor("7f3a", one.place) for one in before.log.kept()]
    replays = [[one.body for one in before.replay(cursor, {BTC}) or ()] for cursor in cursors]
    SavedLog(str(tmp_path / "new")).save(before.epoch, before.log)
    after = again(tmp_path / "new", NOW + 5_000)

    assert [[one.body for one in after.replay(cursor, {BTC}) or ()] for cursor in cursors] == replays
    assert after.replay(Cursor("7f3a", before.log.last), {BTC}) == []
    assert after.log.reached == {BTC: 4}
    assert after.log.newest(PRICE) is None  # it is an old price


def test_messages_are_good_once(tmp_path: Path) -> None:
    """A saved sequence is restored once, because two processes would use the same cursors."""
    SavedLog(str(tmp_path)).save("7f3a", published(1).log)

    assert again(tmp_path, NOW + 5_000).epoch == "7f3a"
    assert again(tmp_path, NOW + 5_000).epoch == "beef"


@pytest.mark.parametrize("now", [NOW - 60_000, NOW + KEPT + 1_000])
def test_messages_of_another_time_are_lost(tmp_path: Path, now: int) -> None:
    """A saved sequence that is too old or from the future is dropped."""
    SavedLog(str(tmp_path)).save("7f3a", published(1).log)

    assert again(tmp_path, now).epoch == "beef"


@pytest.mark.parametrize("content", [b"", b"\x81\xa6format\x01", b"[1]", b"\xff" * 100])
def test_a_file_that_cannot_be_read_is_no_start_of_a_sequence(tmp_path: Path, content: bytes) -> None:
    """A truncated file, or one of another version, is ignored."""
    (tmp_path / FILE).write_bytes(content)

    assert again(tmp_path, NOW).epoch == "beef"


def test_a_folder_that_cannot_be_written_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A failure to save is logged, and clients get a reset after the restart."""
    (tmp_path / "file").write_text("no folder")
    SavedLog(str(tmp_path / "file")).save("7f3a", published(1).log)

    assert "stream messages cannot be saved" in caplog.text
    assert again(tmp_path / "file", NOW).epoch == "beef"


def test_of_many_messages_the_newest_are_kept(tmp_path: Path) -> None:
    """Of too many messages the newest are saved, and cursors of older ones expire."""
    before = published(MOST + 2)
    first, second = before.log.kept()[:2]
    SavedLog(str(tmp_path)).save("7f3a", before.log)
    after = again(tmp_path, NOW + 60_000)

    assert after.replay(Cursor("7f3a", first.place), {BTC}) is None
    assert len(after.replay(Cursor("7f3a", second.place), {BTC}) or ()) == MOST
