"""Changes of one row of an answer in any format."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[Any, ...]


def path_of_rows(body: Any) -> Path:
    """Return the path to an answer's rows: its longest list of rows, or object of objects."""
    best: Path = ()
    most = 0
    queue: deque[tuple[Path, Any]] = deque([((), body)])
    while queue:
        path, value = queue.popleft()
        inner = _inner(value)
        nested = {key: each for key, each in inner.items() if isinstance(each, (list, tuple, dict))}
        queue.extend(((*path, key), each) for key, each in nested.items())
        if len(nested) == len(inner) > most:
            best, most = path, len(inner)
    return best


def at(body: Any, path: Path) -> Any:
    """Return the value at a path."""
    for key in path:
        body = body[key]
    return body


def rows_in(body: Any) -> list[Any]:
    """Return the rows of an answer."""
    rows = list(_inner(at(body, path_of_rows(body))).values())
    return rows if all(isinstance(row, (list, tuple, dict)) for row in rows) else []


def with_odd_row(body: Any, patch: Mapping[str, Any], place: int) -> Any:
    """Return the answer with `patch` over its row at `place`. In a row that is a list, keys are places."""
    body = copy.deepcopy(body)
    rows = rows_in(body)
    if rows:
        lay_over(rows[min(place, len(rows) - 1)], patch)
    return body


def lay_over(target: Any, patch: Mapping[str, Any]) -> None:
    """Write `patch` into `target`. Objects in objects are merged, and `*` means each field."""
    fields = list(_inner(target))
    if "*" in patch:
        patch = dict.fromkeys(map(str, fields), patch["*"])
    for name, value in patch.items():
        key: Any = int(name) if isinstance(target, list) else name
        if isinstance(value, Mapping) and isinstance(_inner(target).get(key), (list, dict)):
            lay_over(target[key], value)
        else:
            target[key] = value


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path to each text, number and `None` in a body."""
    inner = _inner(value)
    if not inner and not isinstance(value, (list, tuple, dict)):
        yield path
    for key, each in inner.items():
        yield from leaves(each, (*path, key))


def _inner(value: Any) -> dict[Any, Any]:
    if isinstance(value, dict):
        return value
    return dict(enumerate(value)) if isinstance(value, (list, tuple)) else {}
