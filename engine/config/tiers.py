"""What the key of each tier may ask for: the only table of these limits."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from engine.config.live_file import text_of
from engine.config.naming import NAME

DAY = 86_400_000
"""Milliseconds."""
MOST = 10**12


@dataclass(frozen=True, slots=True)
class Tier:
    """The limits of a tier; `None` for no limit.

    `requests`: a minute, of the endpoints of `RATE_LIMIT_DEFAULT`; the other endpoints keep their ratio.
    `series`: in a batch. `streams`: at a time and worker. `channels`: of a stream. `days`: of history in a
    request. `rows`: of exports in a day. `rules`: alert rules.
    """

    requests: int | None
    series: int
    streams: int
    channels: int
    days: int | None
    rows: int | None
    rules: int


ENDLESS = ("requests", "days", "rows")
"""The limits that may be `None`; the others bound the memory of a worker."""
ANONYMOUS = "anonymous"
"""The tier of callers without a key. No key can have it."""
NEW = "free"
"""The tier from which a new one takes what its file leaves out."""


def usual(requests: int) -> dict[str, Tier]:
    """Return the table without a file. `requests` is `RATE_LIMIT_DEFAULT`."""
    return {
        ANONYMOUS: Tier(requests, 100, 20, 200, 366, 1_000_000, 0),
        "free": Tier(requests, 100, 50, 500, 3 * 366, None, 20),
        "pro": Tier(10 * requests, 100, 200, 2000, None, None, 1000),
        "unlimited": Tier(None, 100, 4000, 10_000, None, None, 10_000),
    }


class Tiers:
    """The tiers of this deployment, by name. `requests` is `RATE_LIMIT_DEFAULT`."""

    def __init__(self, table: Mapping[str, Tier], requests: int) -> None:
        self._table = table
        self._requests = requests

    @classmethod
    def load(cls, path: str | None, requests: int) -> "Tiers":
        """Return the usual tiers and those of a file. Raises `ValueError`."""
        table = usual(requests)
        return cls(table if path is None else parse(text_of(path), table), requests)

    def of(self, name: str | None) -> Tier:
        """Return a tier by its name; `None` is a caller without a key."""
        return self._table[ANONYMOUS if name is None else name]

    def times(self, name: str | None) -> float | None:
        """Return the factor of the quotas in the settings, `None` for no limit."""
        requests = self.of(name).requests
        return None if requests is None else requests / self._requests

    @property
    def names(self) -> tuple[str, ...]:
        """The names that keys may have."""
        return tuple(name for name in self._table if name != ANONYMOUS)


def read(path: str) -> Tiers:
    """Return the tiers of a file and the usual ones. Raises `ValueError`."""
    return Tiers.load(path, requests=1)


def parse(text: str, table: Mapping[str, Tier]) -> dict[str, Tier]:
    """Return `table` with the tiers in a file's text. Raises `ValueError`."""
    import yaml  # here, since most deployments have no such file

    try:
        entries = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ValueError("is no YAML") from None
    if not isinstance(entries, dict | None):
        raise ValueError("must have tiers by name")
    changed = dict(table)
    for name, entry in (entries or {}).items():
        if not isinstance(name, str) or NAME.fullmatch(name) is None:
            raise ValueError("the name of a tier has letters, digits and . _ -, at most 64")
        changed[name] = _changed(name, entry, table.get(name, table[NEW]))
    return changed


def _changed(name: str, entry: object, before: Tier) -> Tier:
    known = [field.name for field in fields(Tier)]
    if not isinstance(entry, Mapping) or not set(entry) <= set(known):
        raise ValueError(f"{name} may have {', '.join(known)} alone")
    for limit, value in entry.items():
        least = 1 if limit in ("requests", "series") else 0
        valid = isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST
        if not valid and (value is not None or limit not in ENDLESS):
            end = ", or null for no limit" if limit in ENDLESS else ""
            raise ValueError(f"{limit} of {name} must be an integer from {least}{end}")
    return replace(before, **entry)
