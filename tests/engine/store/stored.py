"""All types of values in Redis."""

from typing import Any

from engine.cache.answers import Answer
from engine.cache.decision import Failed
from engine.cache.entries import Entry
from engine.catalogue.current import VenueState
from engine.catalogue.identity import Identities
from engine.market.candles.bad_markets import Pause
from engine.market.contents import CONTENTS
from engine.telemetry.event_log import KINDS
from engine.upstream import OpenState, Statistics
from providers import Candidate

STORED: tuple[Any, ...] = (
    *dict.fromkeys(CONTENTS.values()),
    Entry,
    Answer,
    Failed,
    OpenState,
    Pause,
    Statistics,
    KINDS,
    VenueState,
    Identities,
    tuple[Candidate, ...],
    dict[str, float],
    str,
    bytes,
    bool,
    float,
    int,
)
