"""The folder with recorded responses of the real providers, for tests that compare with them."""

import os
from pathlib import Path

BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared" / "upstreams" / "fixtures"
FOLDER = Path(os.environ.get("RECORDED_ANSWERS", BESIDE_THE_CHECKOUT))
"""Tests that need it are skipped where it is not there."""
LISTINGS = FOLDER.parent / "listings"
"""Answers that list markets and coins."""
MESSAGES = FOLDER.parent / "messages"
"""Frames of WebSockets."""
