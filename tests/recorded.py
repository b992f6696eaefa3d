"""The folder with recorded responses of the real providers, for tests that compare with them.

`make live` records new ones in the same form.
"""

import base64
import gzip
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

BESIDE_THE_CHECKOUT = Path(__file__).resolve().parents[2] / "shared" / "upstreams" / "fixtures"
FOLDER = Path(os.environ.get("RECORDED_ANSWERS", BESIDE_THE_CHECKOUT))
"""Tests that need it are skipped where it is not there."""
LISTINGS = FOLDER.parent / "listings"
"""Answers that list markets and coins."""
MESSAGES = FOLDER.parent / "messages"
"""Frames of WebSockets."""


def body_of(record: Mapping[str, Any]) -> bytes:
    """Return the body of a recorded response: JSON, text, or compressed bytes."""
    if "body_gzip" in record:
        return gzip.decompress(base64.b64decode(record["body_gzip"]))
    return json.dumps(record["body"]).encode() if record["body_is_json"] else str(record["body"]).encode()
