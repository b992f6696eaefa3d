"""Providers, tested at the wire."""
