"""Parse headers as OpenTelemetry's variables have them: a W3C Baggage list, `name=value,name=value`."""

import re
from urllib.parse import unquote

TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""The name of a header (RFC 9110, section 5.6.2)."""


def parse(value: str) -> dict[str, str]:
    """Return values, which may be percent-encoded, by name. The `ValueError` repeats neither."""
    found: dict[str, str] = {}
    for pair in value.split(","):
        name, separator, encoded = pair.partition("=")
        text = unquote(encoded.strip())
        if not separator or not TOKEN.fullmatch(name.strip()) or not (text.isascii() and text.isprintable()):
            raise ValueError("must be name=value pairs of headers, separated by commas")
        found[name.strip()] = text
    return found
