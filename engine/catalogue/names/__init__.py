"""Resolve the texts that clients write for coins and pairs."""

from engine.catalogue.names.resolving import resolve
from engine.catalogue.outcomes import Ambiguous, Outcome, Reading, Renamed, Resolved, Unknown

__all__ = ["Ambiguous", "Outcome", "Reading", "Renamed", "Resolved", "Unknown", "resolve"]
