"""The report of `python -m engine check`: the settings, and which providers can be reached.

It calls providers as the server does, but with its own circuits and budgets, so that a running server is not
affected and no state is left behind.
"""

import logging
import sys
import time

from engine.commands.check._catalogue import catalogue_lines
from engine.commands.check._reach import Finding, reach, works
from engine.commands.check._writing import clock_line, finding_lines, redis_line, setting_lines, written
from engine.config import SettingsError, load_settings
from engine.config.env_file import read_env_file
from engine.store import backends
from engine.upstream.host_clock import HostClock

__all__ = [
    "Finding",
    "catalogue_lines",
    "clock_line",
    "finding_lines",
    "main",
    "reach",
    "redis_line",
    "setting_lines",
    "works",
    "written",
]

WORKS, UNREACHABLE, WRONG = 0, 1, 2
REPORT = "--report"
"""For people: status 0 after a complete report, whatever it says, so that `make` adds no line of its own."""

NOTHING = (
    "Candles and prices need one provider each, and some have none from here. "
    "Use another network, HTTPS_PROXY, or <NAME>_PROXY for one provider."
)


def main(arguments: list[str]) -> int:
    """Write the report, and return the exit status.

    It is 0 if at least one provider gives candles and one gives prices, 1 if not, and 2 if the settings are
    wrong. With `--report` it is 0 instead of 1.
    """
    if arguments not in ([], [REPORT]):
        sys.stderr.write(f"usage: python -m engine check [{REPORT}]\n")
        return WRONG
    logging.disable()  # the report has every failure, and libraries log URLs with keys
    try:
        read_env_file()
        settings = load_settings()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return WRONG
    _write(*setting_lines(settings), "")
    if settings.cache_type == "redis":
        _write(redis_line(settings, answers=backends.counts(settings).check()), "")
    clock = HostClock(time.time)
    findings = reach(settings, clock)
    _write(*finding_lines(findings), "", *catalogue_lines(settings, time.time()), "", clock_line(clock))
    if works(findings):
        return WORKS
    _write("", NOTHING)
    return WORKS if REPORT in arguments else UNREACHABLE


def _write(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()
