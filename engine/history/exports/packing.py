"""Pack a file while it is written."""

import zlib

import zstandard

GZIP = 16 + zlib.MAX_WBITS


class Packer:
    """Packs pieces of one file with `compression`: `gzip`, `zstd` or none."""

    def __init__(self, compression: str | None) -> None:
        self._gzip = zlib.compressobj(1, zlib.DEFLATED, GZIP) if compression == "gzip" else None
        self._zstd = zstandard.ZstdCompressor(level=3).compressobj() if compression == "zstd" else None

    def packed(self, piece: bytes) -> bytes:
        """Return the packed bytes that are ready."""
        if self._gzip is not None:
            return self._gzip.compress(piece)
        return self._zstd.compress(piece) if self._zstd is not None else piece

    def end(self, piece: bytes) -> bytes:
        """Return the packed last piece and the end of the file."""
        if self._gzip is not None:
            return self._gzip.compress(piece) + self._gzip.flush()
        return self._zstd.compress(piece) + self._zstd.flush() if self._zstd is not None else piece
