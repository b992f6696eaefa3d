"""Find variables whose names are nearly those of settings, which would be ignored without a word."""

import re
from collections.abc import Iterable, Iterator

EDITS = 2
"""Letters that may be missing, superfluous or wrong."""
OF_KUBERNETES = re.compile(r"_(PORT|SERVICE)(_|$)")
"""Kubernetes sets such variables for each service, as `REDIS_SERVICE_HOST`."""


def misspelt(variables: Iterable[str], settings: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield each variable that is no setting and nearly one, with the name that was meant.

    The two share their first word, so that the variables of other programs pass.
    """
    known = frozenset(settings)
    families: dict[str, list[str]] = {}
    for setting in sorted(known):
        first, separator, _ = setting.partition("_")
        if separator:
            families.setdefault(first, []).append(setting)
    for variable in sorted(set(variables) - known):
        if not OF_KUBERNETES.search(variable):
            near = [(edits(variable, name), name) for name in families.get(variable.partition("_")[0], ())]
            if near and min(near)[0] <= EDITS:
                yield variable, min(near)[1]


def edits(one: str, other: str) -> int:
    """Return how many letters must be inserted, removed or replaced to turn one text into the other.

    Source: Wagner and Fischer, "The String-to-String Correction Problem", 1974.
    """
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        above, row = row, [number]
        for column, expected in enumerate(other, 1):
            row.append(min(row[-1] + 1, above[column] + 1, above[column - 1] + (letter != expected)))
    return row[-1]
