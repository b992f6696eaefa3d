"""The versions of the tables."""

RELEASES = ("0001", "0002", "0003", "0004")
"""All versions, the newest last."""
