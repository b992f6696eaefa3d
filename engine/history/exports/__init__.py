"""Files of any length from the archive, in pieces of bounded size.

All of it runs in the archive's threads: a piece is read, written as text or Parquet, and packed in one step.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from engine.history.archive import Archive
from engine.history.exports.export import Compression, Export, Format
from engine.history.series import CANDLES_A_PAGE, Gap

if TYPE_CHECKING:
    from engine.history.exports.writing import Writer
    from engine.history.storage import Storage

__all__ = ["Compression", "Export", "Format", "gaps_of", "pieces_of"]
PAGES_AT_ONCE = 2
"""Pages that are read and written in one step: some milliseconds of work, some hundred kilobytes."""
PIECE = 64 * 1024
"""Bytes that are sent at a time."""


def gaps_of(export: Export, archive: Archive) -> Sequence[Gap]:
    """Return all gaps. Raises an `ArchiveError`."""
    return archive.run(lambda storage: storage.gaps(export.key, export.first, export.until))


def pieces_of(export: Export, archive: Archive, gaps: Sequence[Gap]) -> Iterator[bytes]:
    """Yield the file in pieces. Raises an `ArchiveError` if reading fails in the middle."""
    file = archive.run(lambda storage: File(export, gaps, storage))
    yield from _cut(archive.run(lambda _: file.head()))
    extent = archive.run(lambda storage: storage.extent(export.key))
    for first, until in _steps(export, *extent) if extent else ():
        yield from _cut(archive.run(file.part(first, until)))
    yield from _cut(archive.run(lambda _: file.foot()))


class File:
    """Writes one file. Its methods block: they run in the archive's threads."""

    def __init__(self, export: Export, gaps: Sequence[Gap], storage: "Storage") -> None:
        from engine.history.exports.packing import Packer
        from engine.history.exports.writing import writer

        self._export = export
        self._writer: Writer = writer(
            export, gaps, storage.provider_names(), storage.series_providers(export.key)
        )
        self._packer = Packer(export.compression)

    def head(self) -> bytes:
        """Return the beginning."""
        return self._packer.packed(self._writer.head())

    def part(self, first: int, until: int) -> Callable[["Storage"], bytes]:
        """Return the work that reads and writes the candles of `[first, until)`."""

        def work(storage: "Storage") -> bytes:
            columns, _ = storage.read_columns(self._export.key, first, until, self._export.as_of)
            return self._packer.packed(self._writer.rows(columns))

        return work

    def foot(self) -> bytes:
        """Return the end."""
        return self._packer.end(self._writer.foot())


def _steps(export: Export, first: int, until: int) -> Iterator[tuple[int, int]]:
    """Yield the pieces of `[first, until)` within the file's range, some pages each."""
    interval = export.key.interval
    at, until = interval.first_open(max(export.first, first)), min(export.until, until)
    while at < until:
        end = min(interval.after(at, PAGES_AT_ONCE * CANDLES_A_PAGE), until)
        yield at, end
        at = end


def _cut(data: bytes) -> Iterator[bytes]:
    for at in range(0, len(data), PIECE):
        yield data[at : at + PIECE]
