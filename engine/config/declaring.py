"""How a setting is declared, and what each provider may have set."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.config import headers, parsing


def setting(default: Any, parse: Callable[[str], Any], meaning: str) -> Any:
    """Declare a setting. The values of keys and headers are not shown."""
    shown = parse not in (parsing.key, headers.parse)
    return field(default=default, repr=shown, metadata={"parse": parse, "meaning": meaning})


@dataclass(frozen=True)
class ProviderSettings:
    """The settings of one provider."""

    api_key: str | None = field(default=None, repr=False)
    base_url: str | None = None
    stream_url: str | None = None
    proxy: str | None = field(default=None, repr=False)
