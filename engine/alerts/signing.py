"""Sign webhooks by the standard https://www.standardwebhooks.com/. Pure, except `new_secret`."""

import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256

PREFIX = "whsec_"
SECRET_BYTES = 24


def new_secret() -> str:
    """Return a secret of 192 random bits."""
    return PREFIX + b64encode(os.urandom(SECRET_BYTES)).decode()


def signature(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """Return the signature over a message's id, the time of the attempt (Unix seconds) and the body."""
    key = b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message}.{timestamp}.".encode() + body, sha256)
    return f"v1,{b64encode(signed.digest()).decode()}"


def headers(message: str, timestamp: int, body: bytes, secrets: Iterable[str]) -> dict[str, str]:
    """Return the headers of a webhook, with one signature for each secret."""
    return {
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(secret, message, timestamp, body) for secret in secrets),
    }
