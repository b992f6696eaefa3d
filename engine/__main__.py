"""`python -m engine`: the server and the commands beside it.

Each is a module or package of `engine/commands` and is imported only when it is asked for. Its `main` takes
the other arguments and returns the exit status, which is 2 if the arguments or the settings are wrong.
"""

import os
import sys
from importlib import import_module

COMMANDS = {
    "run": "serve on PORT, with the settings in .env",
    "check": "show the settings, and which providers can be reached from here",
    "key": "add, list, revoke and rotate API keys: [add] NAME TIER",
    "snapshot": "keep what the venues trade for later starts: [FILE]",
    "history": "fill, list, verify, export and prune the kept history",
}
WRONG = 2


def main(arguments: list[str]) -> int:
    """Run the command that the first argument names, and return its exit status."""
    name, *others = arguments or [""]
    if name not in COMMANDS:
        lines = [f"  {command:<8} {meaning}" for command, meaning in COMMANDS.items()]
        sys.stderr.write("\n".join(["usage: python -m engine COMMAND", *lines, ""]))
        return WRONG
    status: int = import_module(f"engine.commands.{name}").main(others)
    return status


if __name__ == "__main__":
    ended = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(ended)  # do not wait for threads that hang, for example in a resolver
