"""The requests of clients about the history and its jobs, independent of HTTP."""

from collections.abc import Collection, Sequence
from contextlib import suppress

from engine.catalogue.current import CurrentCatalogue
from engine.catalogue.pairs import symbol_of_ids
from engine.errors import ApiError
from engine.history.archive import READ_WITHIN, Archive
from engine.history.errors import ArchiveError, ArchiveFull, ArchiveOff, WrongRelease
from engine.history.job import Job
from engine.history.series import SeriesSummary
from providers import ASSET_BY_ID

RETRY = 10
"""Seconds until a database that does not answer may answer again."""


class HistoryDisabled(ApiError):
    """The history is switched off, or of a newer release."""

    code = "HISTORY_DISABLED"
    status = 404


class RangeTooLarge(ApiError):
    """The requested range is beyond the limit of the client; `details` has the limit."""

    code = "RANGE_TOO_LARGE"
    status = 422


class StorageFull(ApiError):
    """There is no room for a job."""

    code = "STORAGE_FULL"
    status = 507


class NoSuchJob(ApiError):
    """The job does not exist, or has another owner."""

    code = "NOT_FOUND"
    status = 404

    def __init__(self) -> None:
        super().__init__("There is no such job")


def failure(error: ArchiveError) -> ApiError:
    """Convert the failure of the archive to the error that clients get."""
    if isinstance(error, ArchiveFull):
        return StorageFull(str(error))
    if isinstance(error, ArchiveOff | WrongRelease):
        return HistoryDisabled(f"There is no history: {error}")
    return ApiError(
        f"The history cannot be reached: {error}", code="OVERLOADED", status=503, retry_after=RETRY
    )


class HistoryAccess:
    """Lists the series of `archive` and keeps its jobs. `known` is the catalogue with the names of coins.

    `lasting` are the coins (by id) whose series are never deleted.
    """

    def __init__(self, archive: Archive, known: CurrentCatalogue, lasting: Collection[str]) -> None:
        self._archive = archive
        self._known = known
        self._lasting = frozenset(lasting)

    def series(self, *, everything: bool) -> Sequence[SeriesSummary]:
        """Return all series; without `everything` only those of pinned coins and of the settings.

        Other coins that clients have requested are private. Raises an `ApiError`.
        """
        self.require()
        if not self._archive.may_have_something:
            return []
        try:
            self._look()
            found = self._archive.summaries()
        except ArchiveError as error:
            raise failure(error) from None
        return [it for it in found if everything or self._is_public(it.key.coin)]

    def symbol(self, coin: str, quote: str) -> str:
        """Return the pair of a series as answers write it."""
        return symbol_of_ids(coin, quote, self._known.catalogue)

    def add(self, job: Job) -> None:
        """Keep a new job. Raises an `ApiError`."""
        self.require()
        try:
            self._look()
            self._archive.change(lambda storage: storage.add_job(job))
        except ArchiveError as error:
            raise failure(error) from None
        self._release()

    def job(self, number: str, owner: str) -> Job:
        """Return a job of `owner`. Raises an `ApiError`."""
        self.require()
        try:
            found = self._archive.run(lambda storage: storage.job(number), READ_WITHIN)
        except ArchiveError as error:
            raise failure(error) from None
        if found is None or found.owner != owner:
            raise NoSuchJob
        return found

    def cancel(self, number: str, owner: str) -> Job:
        """Cancel a job of `owner`. Its candles stay. Raises an `ApiError`."""
        job = self.job(number, owner)
        try:
            self._archive.change(lambda storage: storage.cancel_job(number))
        except ArchiveError as error:
            raise failure(error) from None
        self._release()
        return self.job(job.id, owner)

    def require(self) -> None:
        """Raise an `ApiError` if the archive cannot be used."""
        if (refusal := self._archive.availability.refusal) is not None:
            raise failure(refusal)

    def _release(self) -> None:
        """Let other processes write. If this fails, they wait a while; the written data stays."""
        with suppress(ArchiveError):
            self._archive.release()

    def _look(self) -> None:
        """Raise an `ArchiveError` soon if the database hangs, before work that may take long."""
        self._archive.run(lambda storage: storage.provider_names(), READ_WITHIN)

    def _is_public(self, coin: str) -> bool:
        return coin in self._lasting or coin in ASSET_BY_ID
