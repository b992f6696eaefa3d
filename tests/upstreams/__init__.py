"""A stand-in for the providers: one invented market in every provider's format, with faults on demand."""

from .faults import Fault
from .market import Market
from .server import StandIn

__all__ = ["Fault", "Market", "StandIn"]
