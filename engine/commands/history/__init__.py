"""`python -m engine history`: fill, list, verify, export and prune what is kept.

The database may be in use by a server meanwhile. The exit status is 0, 1 if the command failed or `verify`
found a difference, and 2 if the arguments or the settings are wrong.
"""

import logging
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from datetime import UTC, datetime

from engine.commands.history._exporting import export
from engine.commands.history._filling import fill
from engine.commands.history._listing import show
from engine.commands.history._naming import WrongPair, named_pair
from engine.commands.history._pruning import prune
from engine.commands.history._verifying import check
from engine.commands.history._workplace import Workplace
from engine.config import SettingsError, load_settings
from engine.config.env_file import read_env_file
from engine.history.errors import ArchiveError
from providers import INTERVALS, Interval

DONE, FAILED, WRONG = 0, 1, 2
RUNS: dict[str, Callable[[Workplace, Namespace], int]] = {
    "fill": fill,
    "list": show,
    "verify": check,
    "export": export,
    "prune": prune,
}
ASKING = ("fill", "verify")
"""Commands that ask providers about the pair."""


def main(arguments: list[str]) -> int:
    """Run the command, and return the exit status."""
    arguments_parser = parser()
    try:
        asked = arguments_parser.parse_args(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    logging.disable()  # failures are shown, and libraries log URLs with keys
    try:
        read_env_file()
        settings = load_settings(history_enabled=True)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG
    workplace = Workplace(settings)
    try:
        workplace.archive.start()
        if getattr(asked, "symbol", None) is not None:
            asked.symbol = named_pair(workplace, asked.symbol, traded=asked.command in ASKING)
        return RUNS[asked.command](workplace, asked)
    except WrongPair as error:
        sys.stderr.write(f"{arguments_parser.format_usage()}{error}\n")
        return WRONG
    except (ArchiveError, LookupError) as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; the same command goes on where it was\n")
        return FAILED
    finally:
        workplace.close()


def parser() -> ArgumentParser:
    """Return the parser of the arguments."""
    top = ArgumentParser("python -m engine history", description="Work with the kept history.")
    commands = top.add_subparsers(dest="command", required=True)
    filling = commands.add_parser("fill", help="fill a part of a series from many providers")
    _series(filling)
    filling.add_argument("first", type=_time, help="the first day, or an ISO 8601 time in UTC")
    filling.add_argument(
        "until", type=_time, nargs="?", help="the end, which is not included; by default now"
    )
    commands.add_parser("list", help="show what is kept")
    verifying = commands.add_parser("verify", help="compare a series with a second provider, day by day")
    _series(verifying)
    _part(verifying)
    verifying.add_argument("--venue", help="the provider to compare with")
    exporting = commands.add_parser("export", help="write a series to a file")
    _series(exporting)
    exporting.add_argument("file", help="its name ends in .csv, .ndjson or .parquet, and .gz or .zst")
    _part(exporting)
    pruning = commands.add_parser("prune", help="delete what goes first, or one series")
    pruning.add_argument("symbol", nargs="?", help="delete this pair")
    pruning.add_argument("interval", type=_interval, nargs="?", help="and this interval of it")
    pruning.add_argument("--bytes", type=int, help="delete what goes first until so much is left")
    return top


def _series(command: ArgumentParser) -> None:
    command.add_argument("symbol", help="a pair, such as BTCUSDT or DOGE/BTC")
    command.add_argument("interval", type=_interval, help=f"one of {' '.join(INTERVALS)}")


def _part(command: ArgumentParser) -> None:
    command.add_argument("first", type=_time, nargs="?", help="the first day; by default all that is kept")
    command.add_argument("until", type=_time, nargs="?", help="the end, which is not included")


def _interval(text: str) -> Interval:
    if text not in INTERVALS:
        raise ArgumentTypeError(f"{text}: not one of {', '.join(INTERVALS)}")
    return INTERVALS[text]


def _time(text: str) -> int:
    """Return Unix milliseconds."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text}: not a day like 2024-01-31") from None
    return int((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * 1000)
