"""The files of the pages, kept in memory: read once and compressed once."""

import mimetypes
import threading
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import brotli
import zstandard

from engine.web import compression

TYPES = {".mjs": "text/javascript", ".js": "text/javascript", "": "text/plain", ".md": "text/plain"}
"""MIME types that the system's table may lack or give otherwise."""
LARGE = 1_000_000
"""Bytes from which on the best compression would take seconds."""
TEXT = ("text/", "image/svg+xml", "application/json")


class File:
    """One file: its bytes, its type, and its compressed bytes."""

    def __init__(self, content: bytes, mimetype: str) -> None:
        self.content = content
        self.mimetype = mimetype
        self.tag = blake2b(content, digest_size=12).hexdigest()
        self._packed: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def encoded(self, accepted: str) -> tuple[str, bytes]:
        """Return the encoding for an `Accept-Encoding` (empty for none), and the bytes in it."""
        coding = compression.choose(accepted) if self._is_worth_it else ""
        if not coding:
            return "", self.content
        if coding not in self._packed:
            with self._lock:
                if coding not in self._packed:
                    self._packed[coding] = compression.aside(lambda data: _packed(data, coding), self.content)
        return coding, self._packed[coding]

    @property
    def _is_worth_it(self) -> bool:
        return len(self.content) > compression.LEAST and self.mimetype.startswith(TEXT)


class Files:
    """All files below a folder, by their relative paths. Raises `KeyError` for others."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): File(path.read_bytes(), _type(path))
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        tags = "".join(f"{name}:{file.tag};" for name, file in self._files.items())
        self.version = blake2b(tags.encode(), digest_size=6).hexdigest()
        """Changes with any of the files, so that URLs with it can be cached for ever."""

    def __getitem__(self, name: str) -> File:
        return self._files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)


def _type(path: Path) -> str:
    return TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _packed(data: bytes, coding: str) -> bytes:
    """Compress well, because this happens once for all clients, and megabytes within half a second."""
    is_small = len(data) < LARGE
    if coding == "br":
        return bytes(brotli.compress(data, quality=9 if is_small else 5))
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=19 if is_small else 9).compress(data)
    return compression.compress_once(data, coding)
