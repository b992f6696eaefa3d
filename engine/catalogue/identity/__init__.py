"""Decide which coin a venue's code means, by evidence.

`bind` reads the names and contracts that venues and aggregators give, `observe` compares prices. Both take
the state of all bindings and return the next one, so that the state can be kept over a restart.
"""

from engine.catalogue.identity.binding import bind
from engine.catalogue.identity.observing import coin_prices, observe
from engine.catalogue.identity.values import (
    Binding,
    BindingState,
    Event,
    Identities,
    Look,
    Price,
    Reference,
    key_of,
)
from providers import Candidate

__all__ = [
    "Binding",
    "BindingState",
    "Candidate",
    "Event",
    "Identities",
    "Look",
    "Price",
    "Reference",
    "bind",
    "coin_prices",
    "key_of",
    "observe",
]
