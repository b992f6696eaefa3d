"""Say which paths a client may have meant with an unknown one."""

from collections.abc import Iterable
from difflib import get_close_matches

from flask import Flask

DOCUMENTATION = "/docs"
MOST = 5
LONGEST = 80
"""Characters of a path that are compared. All known paths are shorter."""
ALIKE = 0.75
"""How similar paths are, as a fraction of the characters that they share."""


def hints(path: str, app: Flask) -> dict[str, object]:
    """Return the details of a 404: paths near to `path`, and where all of them are documented."""
    return {"didYouMean": near(path, paths_of(app)), "documentation": DOCUMENTATION}


def paths_of(app: Flask) -> list[str]:
    """Return the documented paths without parameters in them."""
    rules = (rule for rule in app.url_map.iter_rules() if "<" not in rule.rule)
    return sorted({rule.rule for rule in rules if hasattr(app.view_functions[rule.endpoint], "query")})


def near(path: str, paths: Iterable[str]) -> list[str]:
    """Return the paths that end as `path` does, and those that are written alike, at most five."""
    asked = path[:LONGEST].lower().rstrip("/")
    known = list(paths)
    last = asked.rpartition("/")[2]
    same_end = [each for each in known if last and each.rpartition("/")[2] == last]
    alike = get_close_matches(asked, known, MOST, ALIKE)
    return list(dict.fromkeys([*alike, *same_end]))[:MOST]
