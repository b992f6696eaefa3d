"""The use cases of alert rules for their owners, independent of HTTP. Owners are names of keys."""

import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from engine.alerts import payloads
from engine.alerts.errors import (
    InvalidNotify,
    NoOlderSecret,
    NoSuchRule,
    RulesLimitReached,
    SecretsLimitReached,
    failure,
)
from engine.alerts.evaluation.running import NEW
from engine.alerts.invalid_target import InvalidTarget
from engine.alerts.keeping.access import Access
from engine.alerts.keeping.records import KEPT, Attempt, KeptRule
from engine.alerts.notify import Notify
from engine.alerts.rules.rule import Rule, WrongRule, read_rule
from engine.alerts.sending import Sending
from engine.alerts.signing import new_secret
from engine.catalogue.current import CurrentCatalogue
from engine.errors import InvalidRequest
from engine.history.errors import ArchiveError

if TYPE_CHECKING:
    from engine.alerts.keeping.storage import AlertStorage

T = TypeVar("T")
DECIDING = ("when", "on", "hysteresis", "minSources")
"""Members whose change resets the memory of a rule."""
TRIES = 3
"""Attempts at a change while other requests change the same rule."""


class RuleService:
    """Stores rules. Calls `wake` after each change, for the evaluator. Methods may raise an `ApiError`."""

    def __init__(
        self, access: Access, sending: Sending, catalogue: CurrentCatalogue, wake: Callable[[], None]
    ) -> None:
        self._access = access
        self._sending = sending
        self._catalogue = catalogue
        self._wake = wake

    def add(self, owner: str, given: Mapping[str, Any], most: int | None) -> KeptRule:
        """Store a new rule of an owner who may have `most`."""
        rule = self._read(given, owner)
        now = self._access.clock()
        kept = KeptRule(uuid.uuid4().hex, owner, now, rule.given, (new_secret(),))
        if not self._change(lambda storage: storage.add(kept, most)):
            raise RulesLimitReached(most or 0)
        return kept

    def rules(self, owner: str) -> list[KeptRule]:
        """Return the rules of an owner, the oldest first."""
        return self._run(lambda storage: storage.rules(owner)) if self._has_any() else []

    def count(self, owner: str) -> int:
        """Return how many rules an owner has, 0 while the database does not answer."""
        if not self._access.is_there:
            return 0
        try:
            return self._access.run(lambda storage: storage.count(owner))
        except ArchiveError:
            return 0

    def rule(self, owner: str, id_: str) -> KeptRule:
        """Return a rule of an owner."""
        found = self._run(lambda storage: storage.rule(id_, owner)) if self._has_any() else None
        if found is None:
            raise NoSuchRule
        return found

    def change(self, owner: str, id_: str, given: Mapping[str, Any]) -> KeptRule:
        """Replace the given members of a rule. An ended rule resumes, unless only its name changes."""
        for _ in range(TRIES):
            before = self.rule(owner, id_)
            rule = self._read({**before.given, **given}, owner, checked=before.given)
            anew = any(rule.given[name] != before.given[name] for name in DECIDING)
            resumes = set(given) - {"name"}
            after = replace(
                before,
                given=rule.given,
                revision=before.revision + 1,
                memory=NEW if anew else before.memory,
                ended=None if resumes else before.ended,
                ended_reason=None if resumes else before.ended_reason,
            )
            if self._change(lambda storage, it=after, anew=anew: storage.replace(it, anew=anew)):  # type: ignore[misc]
                return after
        raise NoSuchRule

    def remove(self, owner: str, id_: str) -> None:
        """Delete a rule with its deliveries."""
        if not self._has_any() or not self._change(lambda storage: storage.remove(id_, owner)):
            raise NoSuchRule

    def test(self, owner: str, id_: str) -> str:
        """Send a test to the targets of a rule. Return the id of the message."""
        kept = self.rule(owner, id_)
        now = self._access.clock()
        rule = self._read(kept.given, owner, checked=kept.given)
        body = payloads.of_test(kept.id, rule.name, kept.memory.values, now)
        entries = payloads.outbox_entries(body, kept.id, rule.notify, now)
        if not self._change(lambda storage: storage.put(entries)):
            raise NoSuchRule  # deleted meanwhile
        return entries[0].message

    def attempts(self, owner: str, id_: str) -> list[Attempt]:
        """Return the attempts to deliver a rule's alerts in the last 30 days, the newest first."""
        self.rule(owner, id_)
        since = self._access.clock() - KEPT
        return self._run(lambda storage: storage.attempts(id_, since))

    def add_secret(self, owner: str, id_: str) -> str:
        """Add a second secret, with which webhooks are signed too, and return it."""
        before = self.rule(owner, id_)
        if len(before.secrets) > 1:
            raise SecretsLimitReached
        secret = new_secret()
        self._keep_secrets(before, (*before.secrets, secret))
        return secret

    def end_secret(self, owner: str, id_: str) -> None:
        """Delete the older of two secrets."""
        before = self.rule(owner, id_)
        if len(before.secrets) < 2:
            raise NoOlderSecret
        self._keep_secrets(before, before.secrets[1:])

    def require(self) -> None:
        """Raise an `ApiError` if alert rules are unavailable."""
        if (refusal := self._access.availability.refusal) is not None:
            raise failure(refusal)

    def report(self) -> dict[str, str | None]:
        """Return the state of alert rules for health checks, without a query."""
        known = self._access.availability
        return {"state": known.state, "reason": known.reason}

    def _keep_secrets(self, before: KeptRule, secrets: tuple[str, ...]) -> None:
        after = replace(before, secrets=secrets)
        if not self._change(lambda storage: storage.keep_secrets(after, before.secrets)):
            raise SecretsLimitReached  # another request was quicker

    def _read(self, given: Mapping[str, Any], owner: str, checked: Mapping[str, Any] | None = None) -> Rule:
        """Return a valid rule. Check its targets, except those of the rule `checked`."""
        now = self._access.clock()
        try:
            rule = read_rule(given, self._catalogue.catalogue, now)
        except WrongRule as wrong:
            raise InvalidRequest("The rule is not valid", wrong.details) from None
        known = checked["notify"] if checked else ()
        for place, notify in enumerate(rule.notify):
            if notify.fields() not in known:
                self._check(notify, owner, place)
        return rule

    def _check(self, notify: Notify, owner: str, place: int) -> None:
        try:
            self._sending.check_target(notify, key_name=owner)
        except InvalidTarget as wrong:
            member = "target" if notify.url is None else "url"
            raise InvalidNotify(f"notify.{place}.{member}", str(wrong)) from None

    def _has_any(self) -> bool:
        self.require()
        return self._access.is_there

    def _change(self, work: Callable[["AlertStorage"], T]) -> T:
        done = self._run(work, changes=True)
        self._wake()
        return done

    def _run(self, work: Callable[["AlertStorage"], T], *, changes: bool = False) -> T:
        self.require()
        run = self._access.change if changes else self._access.run
        try:
            return run(work)
        except ArchiveError as error:
            raise failure(error) from None
