"""API keys, which are stored as hashes in a file that `make key` extends.

A line is `name:tier:hash[:expires]`; the hash is the key's SHA-256. The file is read again when it changes.
"""

import os
import time
from collections.abc import Callable, Collection, Mapping
from hashlib import blake2b, sha256
from hmac import compare_digest

from engine.config.keys_file import Key, parse
from engine.config.live_file import LiveFile

LONGEST = 200
"""Characters of a key; longer ones are unknown without a lookup."""

EMPTY = "it is empty, as during a rewrite; a file with only a comment revokes all keys"


class Keys:
    """The keys of the file. A lookup takes the same time whether a guess is close or not.

    Keys have one of `tiers`, or any. `now` are Unix seconds, by which keys expire.
    """

    def __init__(
        self,
        path: str | None,
        clock: Callable[[], float] = time.monotonic,
        *,
        tiers: Collection[str] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        nothing: Mapping[bytes, Key] = {}
        self._tiers = tiers
        self._now = now
        self._blind = os.urandom(16)
        self._file = LiveFile(path, nothing, self._read, "API keys file", "keys", clock)

    def find(self, text: str) -> Key | None:
        """Return the stored key for the text that a client sent, `None` if it is unknown or has expired."""
        if len(text) > LONGEST:
            return None
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        key = self._file.content().get(self._blinded(digest))
        return key if key is not None and compare_digest(key.digest, digest) and self._lives(key) else None

    def has(self, digest: bytes) -> bool:
        """Return whether the key with this digest is still in the file, and has not expired."""
        key = self._file.content().get(self._blinded(digest))
        return key is not None and self._lives(key)

    def names(self) -> frozenset[str]:
        """Return the names of all keys that have not expired."""
        return frozenset(key.name for key in self._file.content().values() if self._lives(key))

    def _lives(self, key: Key) -> bool:
        return key.expires is None or self._now() < key.expires

    def _blinded(self, digest: bytes) -> bytes:
        """Return the lookup key, whose blinding hides how close a guess was."""
        return blake2b(digest, digest_size=16, key=self._blind).digest()

    def _read(self, text: str, before: Mapping[bytes, Key]) -> Mapping[bytes, Key]:
        """Return the keys by their lookup keys.

        Raises `ValueError` if all known keys would vanish by accident.
        """
        if before and not text.strip():
            raise ValueError(EMPTY)
        return {self._blinded(key.digest): key for key in parse(text, self._tiers)}
