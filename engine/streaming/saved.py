"""The sequence of a single worker, saved in a file while it restarts.

Clients then resume without a break: their cursors stay valid, and each series continues after its last closed
candle. A killed process leaves no file, so that earlier cursors expire.
"""

import logging
import os
from contextlib import suppress
from pathlib import Path

import msgspec

from engine.store.sequence import Sent
from engine.streaming.cursors import Place
from engine.streaming.log import KEPT, Log
from engine.streaming.sharing.queue import as_message, as_sent

FORMAT = 1
MOST = 20_000
"""Most messages that are saved, the newest ones. A restart waits until they are written."""
FILE = "streams.msgpack"

log = logging.getLogger(__name__)


class _Saved(msgspec.Struct):
    format: int
    epoch: str
    begins: Place
    last: Place
    reached: dict[str, int]
    messages: list[Sent]


class SavedLog:
    """The file with the sequence, in `folder`."""

    def __init__(self, folder: str) -> None:
        self._path = Path(folder) / FILE

    def save(self, epoch: str, kept: Log) -> None:
        """Save the messages that clients may replay. A failure is logged, and clients get a `reset` later."""
        messages = kept.kept()
        begins = messages[-MOST - 1].place if len(messages) > MOST else kept.begins
        sent = [as_sent(message) for message in messages[-MOST:]]
        packed = msgspec.msgpack.encode(_Saved(FORMAT, epoch, begins, kept.last, kept.reached, sent))
        new = self._path.with_name(f"{FILE}.{os.getpid()}")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(packed)
            new.replace(self._path)
        except OSError as error:
            log.warning("stream messages cannot be saved, clients get a reset after the restart: %s", error)
            with suppress(OSError):
                new.unlink(missing_ok=True)

    def take(self, now: int) -> tuple[str, Log] | None:
        """Remove and return the saved epoch and its messages, `None` without a valid file."""
        try:
            packed = self._path.read_bytes()
            self._path.unlink()  # two workers that continued one sequence would use the same cursors twice
            saved = msgspec.msgpack.decode(packed, type=_Saved)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("saved stream messages cannot be read, clients get a reset: %s", error)
            return None
        if saved.format != FORMAT or not 0 <= now - saved.last.time < KEPT:
            return None
        found = Log(saved.begins)
        for sent in saved.messages:
            found.append(as_message(saved.epoch, sent))
        found.begins, found.last, found.reached = max(saved.begins, found.begins), saved.last, saved.reached
        return saved.epoch, found
