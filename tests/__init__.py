"""Mirrors the packages: tests/<package>/test_<module>.py."""
