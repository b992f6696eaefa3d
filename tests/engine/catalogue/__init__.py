"""Tests of the catalogue of markets."""
