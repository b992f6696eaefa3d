"""Streams of venues."""
