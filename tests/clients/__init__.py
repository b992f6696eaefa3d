"""Clients of the engine: those that generators make of its document, and its own."""
