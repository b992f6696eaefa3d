"""A rule with a delivery, for the examples of alert rules, and the target of its alerts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from engine.alerts import payloads
from engine.alerts.evaluation.running import Memory
from engine.alerts.keeping.access import Access
from engine.alerts.keeping.records import Attempt, KeptRule
from engine.alerts.notify import Notify
from engine.config import Settings
from schemas import RuleBody

RULE = "9f6ed0e1f0f94d5fa4d7c0bd3a4a6d11"
"""The id of the rule in the examples: `RuleQuery` has the same."""
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_2b6a1c9d04f6e8a35c7d9e1f0b2a4c6d8"
DESK = Notify("telegram", target="desk")


def targets_file(folder: Path, owner: str) -> Path:
    """Return a file with the target of the examples, which an owner may use."""
    path = folder / "targets.yaml"
    path.write_text(f"desk:\n  url: tgram://123456789:abcdefg_hijklmnop/987654321\n  keys: [{owner}]\n")
    return path


class ExampleRule:
    """Keeps the rule of the examples anew before each request that is about it."""

    def __init__(self, folder: Path, owner: str, clock: Callable[[], float]) -> None:
        self._access = Access(Settings(data_dir=str(folder)), clock)
        self._owner = owner
        self._clock = clock

    def keep(self, *, secrets: int) -> None:
        """Keep the rule with so many secrets, which has fired once."""
        now = self._clock()
        memory = Memory(unknown=False, turned=True, reason="", fired=now, values={"price:BTC": 100012.5})
        rule = KeptRule(RULE, self._owner, now, RuleBody.example, (SECRET,) * secrets, memory)
        [entry] = payloads.outbox_entries(payloads.of_test(RULE, "a test", {}, now), RULE, [DESK], now)
        entry = replace(entry, message=MESSAGE)
        self._access.run(lambda storage: storage.remove(RULE, self._owner))
        self._access.run(lambda storage: storage.add(rule, None))
        self._access.run(lambda storage: storage.put([entry]))
        [due] = self._access.run(lambda storage: storage.due(now, 1, [], []))
        done = Attempt(entry.message, 1, now, None, "delivered", None)
        self._access.run(lambda storage: storage.record([(due, done, None)]))

    def stop(self) -> None:
        """Close the connections."""
        self._access.stop()


def steady(data: dict[str, Any]) -> dict[str, Any]:
    """Return what an answer says with constants for what is random."""
    constants = {"secret": SECRET, "id": MESSAGE if str(data.get("id")).startswith("msg_") else RULE}
    return data | {name: value for name, value in constants.items() if name in data}
