"""`python -m engine key`: add, list, revoke and rotate API keys.

A key is shown once; the file in `API_KEYS_FILE` has its hash. A running server notices a change by itself.
The exit status is 0, 1 if there is no such key, and 2 if the arguments or the settings are wrong.
"""

import os
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from hashlib import sha256

from engine.commands.key._changes import NoSuchKey, added, keys_of, revoked, rotated
from engine.commands.key._rewriting import rewrite
from engine.config import Settings, SettingsError, load_settings
from engine.config.env_file import read_env_file
from engine.config.keys_file import Key, expiry, line_of
from engine.config.live_file import text_of
from engine.config.naming import NAME
from engine.config.tiers import Tiers
from engine.timestamps import iso

DONE, FAILED, WRONG = 0, 1, 2
COMMANDS = ("add", "list", "revoke", "rotate")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
SHOWN = 8
"""Digits of a hash that `list` shows, and `revoke` takes."""


def main(arguments: list[str]) -> int:
    """Run the command, and return the exit status. Without one of the words it is `add`."""
    named = arguments[:1] and (arguments[0] in COMMANDS or arguments[0] in ("-h", "--help"))
    try:
        asked = parser().parse_args(arguments if named else ["add", *arguments])
    except SystemExit as ended:
        return int(ended.code or 0)
    try:
        read_env_file()
        settings = load_settings(keys_may_be_missing=True)
        status: int = asked.run(asked, settings)
    except (SettingsError, ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return WRONG
    except NoSuchKey as error:
        sys.stderr.write(f"{error}\n")
        return FAILED
    return status


def parser() -> ArgumentParser:
    """Return the parser of the arguments."""
    top = ArgumentParser("python -m engine key", description="Work with API keys.")
    commands = top.add_subparsers(dest="command", required=True)
    adding = commands.add_parser("add", help="make a key, and show it once")
    adding.add_argument("name", help="whose key it is: letters, digits and . _ -")
    adding.add_argument("tier", nargs="?", default="", help="free, pro, unlimited or one of TIERS_FILE")
    adding.set_defaults(run=_add)
    listing = commands.add_parser("list", help="list the keys without revealing them")
    listing.set_defaults(run=_list)
    revoking = commands.add_parser("revoke", help="end the keys of a name at once")
    revoking.add_argument("name")
    revoking.add_argument("hash", nargs="?", default="", help="the beginning of one key's hash, as listed")
    revoking.set_defaults(run=_revoke)
    rotating = commands.add_parser("rotate", help="make another key for a name, and end its old ones")
    rotating.add_argument("name")
    rotating.add_argument(
        "--grace", type=_duration, default=0, help="how long old keys still work: seconds, or 30m, 12h, 7d"
    )
    rotating.set_defaults(run=_rotate)
    for each in (adding, rotating):
        each.add_argument("--expires", type=_future, help="when the key ends: YYYY-MM-DD (UTC), or Unix time")
    return top


def _add(asked: Namespace, settings: Settings) -> int:
    tiers = Tiers.load(settings.tiers_file, settings.rate_limit_default).names
    if NAME.fullmatch(asked.name) is None or asked.tier not in tiers:
        sys.stderr.write(f"usage: python -m engine key add <letters, digits, . _ -> <{'|'.join(tiers)}>\n")
        return WRONG
    secret, digest = _new()
    key = Key(asked.name, asked.tier, digest, asked.expires)
    if settings.api_keys_file is None:
        sys.stdout.write(f"{secret}\nAdd this line to the file in API_KEYS_FILE:\n{line_of(key)}\n")
    else:
        rewrite(settings.api_keys_file, lambda lines: added(lines, key))
        sys.stdout.write(f"{secret}\n")
    return DONE


def _list(asked: Namespace, settings: Settings) -> int:
    keys = keys_of(text_of(_file(settings)).splitlines())
    rows = [("name", "tier", "hash", "expires")]
    for key in keys:
        end = "never" if key.expires is None else iso(key.expires)
        ended = key.expires is not None and key.expires <= time.time()
        rows.append((key.name, key.tier, key.digest.hex()[:SHOWN], f"{end} (ended)" if ended else end))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        sys.stdout.write("  ".join(padded).rstrip() + "\n")
    return DONE


def _revoke(asked: Namespace, settings: Settings) -> int:
    path = _file(settings)
    text_of(path)  # a missing file is not created
    rewrite(path, lambda lines: revoked(lines, asked.name, asked.hash))
    return DONE


def _rotate(asked: Namespace, settings: Settings) -> int:
    path, now = _file(settings), time.time()
    text_of(path)
    secret, digest = _new()
    rewrite(path, lambda lines: rotated(lines, asked.name, digest, now, asked.grace, asked.expires))
    sys.stdout.write(f"{secret}\n")
    return DONE


def _file(settings: Settings) -> str:
    """Return the name of the keys file. Raises `ValueError` where none is set."""
    if settings.api_keys_file is None:
        raise ValueError("API_KEYS_FILE is not set")
    return settings.api_keys_file


def _new() -> tuple[str, bytes]:
    """Return a new key, and its hash."""
    secret = os.urandom(24).hex()
    return secret, sha256(secret.encode()).digest()


def _duration(text: str) -> int:
    """Parse seconds, or a number of minutes, hours or days."""
    number, unit = (text[:-1], UNITS[text[-1]]) if text[-1:] in UNITS else (text, 1)
    if not (number.isascii() and number.isdecimal()) or len(number) > 9:
        raise ArgumentTypeError("must be seconds, or like 30m, 12h, 7d")
    return int(number) * unit


def _future(text: str) -> float:
    """Parse when a key ends."""
    try:
        end = expiry(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
    if end <= time.time():
        raise ArgumentTypeError("must be in the future")
    return end
