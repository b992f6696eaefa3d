"""Tests of the meaning of texts."""
