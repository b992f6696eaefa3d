"""What a text means that a client writes for a coin or a pair."""

from engine.catalogue.names.resolving import resolve
from engine.catalogue.outcomes import Ambiguous, Outcome, Reading, Renamed, Resolved, Unknown

__all__ = ["Ambiguous", "Outcome", "Reading", "Renamed", "Resolved", "Unknown", "resolve"]
