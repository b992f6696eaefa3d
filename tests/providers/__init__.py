"""Tests of providers, at the level of HTTP."""
