"""`python -m engine key NAME TIER`: create an API key, show it once, and store its hash."""

import os
import sys
from hashlib import sha256

from engine.config import SettingsError, load_settings
from engine.config.env_file import read_env_file
from engine.config.keys_file import LINE, TIERS


def main(arguments: list[str]) -> int:
    """Add the key's line to `API_KEYS_FILE`, or show the line if that is not set. Return the exit status."""
    name, tier = (*arguments, "", "")[:2]
    key = os.urandom(24).hex()
    line = f"{name}:{tier}:{sha256(key.encode()).hexdigest()}"
    if LINE.fullmatch(line) is None:
        sys.stderr.write(f"usage: python -m engine key <letters, digits, . _ -> <{'|'.join(TIERS)}>\n")
        return 2
    try:
        read_env_file()
        path = load_settings().api_keys_file
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if path is None:
        sys.stdout.write(f"{key}\nAdd this line to the file in API_KEYS_FILE:\n{line}\n")
        return 0
    with open(path, "a+") as file:
        file.seek(0)
        kept = file.read()
        file.write(("" if not kept or kept.endswith("\n") else "\n") + line + "\n")
    sys.stdout.write(f"{key}\n")
    return 0
