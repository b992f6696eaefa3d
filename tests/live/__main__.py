"""`python -m tests.live [PROVIDER...]`: ask the real providers, print a table, and record what they sent.

The settings are those of the server: keys, addresses and proxies. The exit status is 1 if an answer breaks
the contract or no provider gives one, and 2 if the settings or the names are wrong.
"""

import argparse
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

from engine.config import SettingsError, load_settings
from engine.config.env_file import read_env_file
from tests.live.asking import Run, chosen
from tests.live.outcome import lines, status
from tests.live.records import Records

WRONG = 2


def main(arguments: list[str] | None = None, clock: Callable[[], float] = time.time) -> int:
    """Ask the requested providers and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.live", description=__doc__)
    parser.add_argument("providers", nargs="*", help="names as in docs/providers.md; all without one")
    parser.add_argument("--record", type=Path, default=Path("recorded"), help="where the records go")
    options = parser.parse_args(arguments)
    logging.disable()  # the table has every failure, and libraries log URLs with keys
    try:
        read_env_file()
        run = Run(load_settings(), Records(options.record), clock)
        kinds = chosen(options.providers)
    except (SettingsError, LookupError) as error:
        sys.stderr.write(f"{error}\n")
        return WRONG
    outcomes = run.ask(kinds)
    sys.stdout.writelines(f"{line}\n" for line in lines(outcomes))
    if options.record.exists():
        print(f"The answers are in {options.record}/, without keys.")
    return status(outcomes)


if __name__ == "__main__":
    raise SystemExit(main())
