"""`python -m engine check`: the settings as they are, and which providers can be reached from here.

The exit status is 0 where candles and prices can each be had from somebody, 1 where not, and 2 where the
settings are wrong.
"""

import logging
import os
import sys
import time

from engine.commands.check import clock_line, finding_lines, reach, redis_line, setting_lines, works
from engine.config import SettingsError, load_settings
from engine.config.env_file import read_env_file
from engine.store import backends
from engine.upstream.host_clock import HostClock

WORKS, UNREACHABLE, WRONG = 0, 1, 2


def main(arguments: list[str]) -> int:
    """Write the report; returns the exit status."""
    if arguments != ["check"]:
        sys.stderr.write("usage: python -m engine check\n")
        return WRONG
    logging.disable()  # the report says it all, and libraries log whole addresses
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
    _write(*finding_lines(findings), clock_line(clock))
    return WORKS if works(findings) else UNREACHABLE


def _write(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))  # whoever still hangs, in a resolver perhaps, is not waited for
