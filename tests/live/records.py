"""Records of replies as files of JSON, in the form of the recorded fixtures. `tests.recorded` reads them."""

import base64
import gzip
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from engine.timestamps import iso
from tests.live.listening import Listening
from tests.live.recording import Exchange

LARGE = 256 * 1024
"""Bytes of a body above which it is compressed. Each provider bounds its size to a few megabytes."""
HEADERS = re.compile(r"content-type|date|age|retry-after|.*(limit|weight|quota|credit).*", re.I)
"""What is kept of the headers: no cookie, and nothing that tells who has asked."""
TOKEN = re.compile(r'("token"\s*:\s*")[^"]*')
"""What a venue gives for a connection."""
LOGIN = re.compile(r"(?<=//)[^/@]*@")
HIDDEN = "HIDDEN"
"""Stands for a key or a token."""


@dataclass(frozen=True)
class Records:
    """The folder of the records, with a folder for each provider."""

    folder: Path

    def keep(
        self,
        provider: str,
        name: str,
        asked: int,
        outcome: str,
        exchanges: Sequence[Exchange],
        key: str | None = None,
    ) -> list[Path]:
        """Write what came for one ability that was asked for at `asked` (Unix milliseconds)."""
        facts = {
            "kind": "recorded",
            "recorded_at": iso(asked / 1000),
            "asked_at": asked,
            "outcome": hidden(outcome, key),
        }
        paths = [
            self.folder / provider / (f"{name}-{number}.json" if number > 1 else f"{name}.json")
            for number in range(1, len(exchanges) + 1)
        ]
        for path, exchange in zip(paths, exchanges, strict=True):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_written(exchange, facts, key), encoding="utf-8")
        return paths

    def keep_frames(self, name: str, asked: int, outcome: str, listening: Listening) -> None:
        """Write the frames that came for one topic, as texts. Without any there is no record."""
        if not listening.frames:
            return
        record = {
            "kind": "recorded",
            "recorded_at": iso(asked / 1000),
            "asked_at": asked,
            "outcome": outcome,
            "venue": listening.source.name,
            "address": LOGIN.sub("", listening.address),
            "topic": listening.source.topic_name(listening.topic),
            "direction": "server->client",
            "frames": [*listening.frames],
        }
        path = self.folder / listening.source.name / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(record, indent=1, ensure_ascii=False), encoding="utf-8")


def _written(exchange: Exchange, facts: dict[str, object], key: str | None) -> str:
    """Return an exchange as JSON. A body of JSON stands in it as it was sent, with all its digits."""
    reply = exchange.reply
    record: dict[str, object] = {
        **facts,
        "request": {"method": exchange.method, "url": LOGIN.sub("", exchange.url)},
        "http_status": reply.status,
        "headers": {name.lower(): text for name, text in reply.headers.items() if HEADERS.fullmatch(name)},
        "body_is_json": False,
    }
    text = _text(reply.body)
    if text is None or len(reply.body) > LARGE:
        body = reply.body if text is None else hidden(text, key).encode()
        record["body_gzip"] = base64.b64encode(gzip.compress(body, mtime=0)).decode()
        return hidden(json.dumps(record, indent=1), key)
    if exchange.method == "POST":
        text = TOKEN.sub(rf"\1{HIDDEN}", text)
    if not _is_json(text):
        return hidden(json.dumps({**record, "body": text}, indent=1, ensure_ascii=False), key)
    head = json.dumps({**record, "body_is_json": True}, indent=1, ensure_ascii=False)
    return hidden(head.removesuffix("\n}") + f',\n "body": {text}\n}}', key)


def _text(body: bytes) -> str | None:
    """Return a body as text, `None` if it is not UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def hidden(text: str, key: str | None) -> str:
    """Return a text without the key, as it is and as it stands in an address."""
    for secret in {key, quote(key, safe="")} if key else ():
        text = text.replace(secret, HIDDEN)
    return text
