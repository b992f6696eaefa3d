"""A stand-in for the providers: one made-up market, told in every wire format, with faults on demand."""

from .faults import Fault
from .market import Market
from .server import StandIn

__all__ = ["Fault", "Market", "StandIn"]
