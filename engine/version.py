"""The release that this is."""

VERSION = "1.0.0"
