"""Which coin a venue's code means, and what proves it.

`bind` reads what venues and aggregators say (names, contracts), `observe` what prices show. Both take the
state of all bindings and return the next one, so that the state can be kept over a restart.
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
