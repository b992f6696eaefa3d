"""Tests of the coin that a venue's code means."""
