"""`history prune`: make room."""

import sys
from argparse import Namespace

from engine.commands.history._workplace import Workplace
from engine.history.series import SeriesKey


def prune(workplace: Workplace, asked: Namespace) -> int:
    """Delete what goes first until the size is within the limit, or delete the series of a pair."""
    archive = workplace.archive
    if asked.symbol is None:
        used = archive.change(lambda storage: storage.prune(asked.bytes))
        sys.stdout.write(f"{used} bytes are used\n")
        return 0
    wanted = SeriesKey(
        asked.symbol.base.id, asked.symbol.quote, asked.interval.code if asked.interval else ""
    )
    chosen = [
        it.key
        for it in archive.summaries()
        if (it.key.coin, it.key.quote) == (wanted.coin, wanted.quote) and wanted.code in ("", it.key.code)
    ]
    for key in chosen:
        archive.change(lambda storage, key=key: storage.drop(key))  # type: ignore[misc]
        sys.stdout.write(f"{key} deleted\n")
    archive.release()
    if not chosen:
        sys.stderr.write("nothing is kept of it\n")
    return 0 if chosen else 1
