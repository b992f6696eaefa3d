"""The failures of the archive."""


class ArchiveError(Exception):
    """The archive cannot be used. The message has the reason, without addresses or passwords."""


class ArchiveOff(ArchiveError):
    """There is no archive: it is switched off, or its folder cannot be written."""


class ArchiveUnreachable(ArchiveError):
    """The database does not answer."""


class ArchiveFull(ArchiveError):
    """There is no room: the disk is full, or `HISTORY_MAX_BYTES` is used up."""


class Unwritable(ArchiveError):
    """The database refuses a value: a second attempt would fail too."""


class WrongRelease(ArchiveError):
    """Another release has written the database, and this one cannot read it."""


class NotTheWriter(ArchiveError):
    """Another process writes at this moment."""


class Busy(ArchiveError):
    """Another program holds the lock that a writer needs. Reading still works."""


class CorruptPage(ArchiveError):
    """A page's bytes differ from those that were written. `start` is the first open time of the page."""

    def __init__(self, series: int, start: int) -> None:
        super().__init__(f"page {start} of series {series} is corrupt")
        self.series = series
        self.start = start
