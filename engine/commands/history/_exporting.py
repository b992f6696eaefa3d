"""`history export`: write a series to a file."""

import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from engine.commands.history._workplace import Workplace
from engine.history.exports import Export, gaps_of, pieces_of
from engine.history.series import SeriesKey
from engine.market.labels import Labels

PACKED: dict[str, Any] = {".gz": "gzip", ".zst": "zstd"}
FORMATS: dict[str, Any] = {".csv": "csv", ".ndjson": "ndjson", ".parquet": "parquet"}


def export(workplace: Workplace, asked: Namespace) -> int:
    """Write the file, whose name says its format."""
    path = Path(asked.file)
    compression = PACKED.get(path.suffix)
    kind = FORMATS.get(Path(path.stem).suffix if compression else path.suffix)
    if kind is None:
        sys.stderr.write("the file's name must end in .csv, .ndjson or .parquet, and then .gz or .zst\n")
        return 2
    key = SeriesKey.of(asked.symbol, asked.interval)
    first, until = workplace.part(key, asked.first, asked.until)
    label = Labels(workplace.settings.demo)
    as_of = workplace.market.milliseconds()
    file = Export(key, first, until, as_of, kind, compression, label)
    gaps = gaps_of(file, workplace.archive)
    with path.open("wb") as target:
        for piece in pieces_of(file, workplace.archive, gaps):
            target.write(piece)
    sys.stdout.write(f"{path}: {path.stat().st_size} bytes, {len(gaps)} gaps\n")
    return 0
