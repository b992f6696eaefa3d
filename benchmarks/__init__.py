"""Measurements against the stand-in. Nothing here is a test: figures are printed, not judged."""
