"""Benchmarks with the stand-in. They print figures and check nothing."""
