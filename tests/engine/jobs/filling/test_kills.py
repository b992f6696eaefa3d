"""A job whose process is killed goes on in the next one."""

from pathlib import Path

from engine.history.job import Job
from engine.history.series import Piece
from tests.engine.jobs.filling.killed import CHUNKS, FIRST, KEY, UNTIL, opened
from tests.template import template

KILLS = 25


def test_a_killed_job_ends_as_an_uninterrupted_one(tmp_path: Path) -> None:
    """After 25 kills at random points, all candles, their origin, the gaps and the progress are the same."""
    (tmp_path / "whole").mkdir()
    command = ("-m", "tests.engine.jobs.filling.killed", f"{tmp_path}", f"{KILLS}")
    chunks = template("plain").output(*command).split()
    pieces: list[Piece] = []
    jobs: list[Job] = []
    for folder in (tmp_path / "whole", tmp_path):
        archive = opened(f"{folder}")
        pieces.append(archive.read(KEY, FIRST, UNTIL))
        jobs += archive.run(lambda storage: storage.jobs())
        archive.stop()

    assert len(chunks) == KILLS
    assert 0 < sum(map(int, chunks)) <= CHUNKS
    assert list(pieces[0].candles) == list(pieces[1].candles)
    assert list(pieces[0].gaps) == list(pieces[1].gaps)
    assert {it.filled for it in pieces[0].candles} == {True, False}
    assert [(it.state, it.done, it.total, it.candles) for it in jobs] == [
        ("done", CHUNKS, CHUNKS, len(pieces[0].candles))
    ] * 2
