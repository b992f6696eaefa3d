"""API keys, which are stored as hashes in a file that `make key` extends.

A line is `name:tier:hash`; the hash is the key's SHA-256. The file is read again when it changes. While it is
rewritten in place it may be missing, empty or incomplete: the last valid keys stay in use.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from hashlib import blake2b, sha256
from hmac import compare_digest

from engine.config.keys_file import Key, parse, text_of

LOOK_AGAIN = 1.0
"""Seconds between two looks at the file."""
LONGEST = 200
"""Characters of a key; longer ones are unknown without a lookup."""

EMPTY = "it is empty, as during a rewrite; a file with only a comment revokes all keys"

log = logging.getLogger(__name__)


class Keys:
    """The keys of the file. A lookup takes the same time whether a guess is close or not."""

    def __init__(self, path: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._blind = os.urandom(16)
        self._looked = float("-inf")
        self._seen: tuple[int, ...] | None = None
        self._wrong = ""
        self._keys: dict[bytes, Key] = {}

    def find(self, text: str) -> Key | None:
        """Return the stored key for the text that a client sent."""
        if self._path is None or len(text) > LONGEST:
            return None
        self._look(self._path)
        digest = sha256(text.encode("utf-8", "surrogatepass")).digest()
        key = self._keys.get(self._blinded(digest))
        return key if key is not None and compare_digest(key.digest, digest) else None

    def has(self, digest: bytes) -> bool:
        """Return whether the key with this digest is still in the file."""
        if self._path is None:
            return False
        self._look(self._path)
        return self._blinded(digest) in self._keys

    def _blinded(self, digest: bytes) -> bytes:
        """Return the lookup key, whose blinding hides how close a guess was."""
        return blake2b(digest, digest_size=16, key=self._blind).digest()

    def _look(self, path: str) -> None:
        """Read the file again if it has changed, at most once a second."""
        with self._lock:
            if self._clock() < self._looked + LOOK_AGAIN:
                return
            self._looked = self._clock()
            try:
                status = os.stat(path)
                seen = (status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size)
                if seen != self._seen:
                    self._keys = self._read(path)
                    self._seen = seen
                self._wrong = ""
            except OSError as error:
                self._log_once(f"cannot be read: {type(error).__name__}")
            except ValueError as error:
                self._log_once(str(error))

    def _read(self, path: str) -> dict[bytes, Key]:
        """Return the keys by their lookup keys.

        Raises `ValueError` if all known keys would vanish by accident.
        """
        text = text_of(path)
        if self._keys and not text.strip():
            raise ValueError(EMPTY)
        return {self._blinded(key.digest): key for key in parse(text)}

    def _log_once(self, wrong: str) -> None:
        """Log what is wrong with the file, once for each fault."""
        if wrong != self._wrong:
            log.error("API keys file invalid; keeping the last valid keys: %s", wrong)
        self._wrong = wrong
