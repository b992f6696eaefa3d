"""All types of values in Redis. `test_stored.py` finds those that are missing."""

from typing import Any

from engine.cache.answers import Answer
from engine.cache.decision import Failed
from engine.cache.entries import Entry
from engine.catalogue.current import VenueState
from engine.catalogue.identity import Identities
from engine.market.candles.bad_markets import Pause
from engine.market.candles.corrections import Corrected
from engine.market.contents import CONTENTS
from engine.store.sequence import Sent
from engine.telemetry.event_log import KINDS
from engine.upstream import OpenState, Statistics
from engine.web.streaming._caller import Ticket
from providers import Candidate

STORED: tuple[Any, ...] = (
    *dict.fromkeys(CONTENTS.values()),
    Entry,
    Answer,
    Failed,
    OpenState,
    Pause,
    Corrected,
    Statistics,
    KINDS,
    VenueState,
    Identities,
    Ticket,
    Sent,
    tuple[Candidate, ...],
    dict[str, float],
    str,
    bytes,
    bool,
    float,
    int,
)
