"""What one request, message, candle and call cost: measured figures, each with what measured it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

SAVED = Path(__file__).parent / "costs.json"
"""The costs of which docs/scaling.md is made."""


@dataclass(frozen=True)
class Figure:
    """A measured figure with its unit, and what measured it."""

    value: float
    unit: str
    measured_by: str


@dataclass(frozen=True)
class Costs:
    """All figures of one run on one machine.

    Times are microseconds of processor time of the engine, unless a name begins with `redis`. `alone` is at
    one request at a time, `busy` at 16 connections that never pause: a worker that has more to do at once
    needs less for each. `shared` is with Redis and two workers.
    """

    machine: str
    hit_alone: Figure
    hit_busy: Figure
    hit_bytes: Figure
    state_alone: Figure
    state_busy: Figure
    shared_hit_alone: Figure
    shared_hit_busy: Figure
    shared_state_alone: Figure
    shared_state_busy: Figure
    redis_hit: Figure
    redis_state: Figure
    """What Redis needs for a cached answer, and for one about the engine's state."""
    call: Figure
    """A request for candles that nothing is kept of, with its one call upstream."""
    candle_calls: Figure
    price_calls: Figure
    sentiment_calls: Figure
    overview_calls: Figure
    """Calls upstream of one refresh of each kind of data."""
    message: Figure
    message_bytes: Figure
    stream_kilobytes: Figure
    publish: Figure
    """What the leading worker needs to write a message to the sequence in Redis."""
    read_message: Figure
    """What each worker needs to read one."""
    redis_append: Figure
    """What Redis needs to append a message, however many workers read it."""
    redis_message: Figure
    """What Redis needs to give a message to one worker."""
    candle: Figure
    candle_bytes: Figure
    idle: Figure
    """The share of a core that a server uses without clients, and without calls upstream."""
    megabytes: Figure
    """The memory of a server with one worker after all of this."""
    worker_megabytes: Figure
    """The memory of each further worker."""

    def figures(self) -> Mapping[str, Figure]:
        """Return the figures by name."""
        found = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: value for name, value in found if isinstance(value, Figure)}

    def measured_anew(self, figures: Mapping[str, Figure]) -> Self:
        """Return the costs with some other figures."""
        return type(self)(self.machine, **{**self.figures(), **figures})


def save(costs: Costs, file: Path = SAVED) -> None:
    """Write the costs as JSON."""
    file.write_text(json.dumps(asdict(costs), indent=1) + "\n")


def load(file: Path = SAVED) -> Costs:
    """Return the costs of a file that `save` has written. Raises `TypeError` where a figure is missing."""
    read: dict[str, Any] = json.loads(file.read_text())
    machine = read.pop("machine")
    return Costs(machine, **{name: Figure(**figure) for name, figure in read.items()})
