"""Answer known queries from fresh cached bytes, before Flask.

Flask answers a query first. This layer remembers the key of the answer and its quota, by the bytes of the
query. From then on it counts the request, looks the answer up and sends it, with the same counters, answers
and header functions as Flask. All other requests go to Flask.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from limits import RateLimitItem

from engine.cache import Answer
from engine.web.access import admission, quotas
from engine.web.access.callers import Caller, Peer
from engine.web.access.limiter import limiter
from engine.web.errors import refusal, too_many
from engine.web.hardening import ALWAYS
from engine.web.negotiation import wants_csv
from engine.web.not_modified import NotModified
from engine.web.query import IGNORED
from engine.web.repeated_requests import REPEAT, client_of
from engine.web.responses import ADD_TEXT, ANSWER, SCOPE, ConstantHeaders, Headers, Reply, reply
from engine.web.services import Services

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

LONGEST = 1024
"""Characters of a query that is remembered; a list of a hundred coins is shorter."""


DEPENDS_ON = ("REQUEST_METHOD", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_ORIGIN")
"""What an answer to a known query depends on."""


class KnownQuery(NamedTuple):
    """What Flask found out about a query; `quota` is `None` if only callers without a quota have asked."""

    key: str
    quota: str | None
    scope: str


class FastPath:
    """A WSGI application that answers known queries itself and passes others to `inner`."""

    def __init__(self, inner: "WSGIApplication", services: Services, clock: Callable[[], float]) -> None:
        self.inner = inner
        self._clock = clock
        self._market = services.market
        self._settings = services.settings
        self._callers = services.callers
        self._origins = services.origins
        self._common = lru_cache(64)(self._common_of)
        self._item = lru_cache(64)(self._item_of)
        self._lock = threading.Lock()
        self._known: OrderedDict[str, KnownQuery] = OrderedDict()

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """Send the cached answer, or let Flask answer."""
        query = _query(environ)
        if query is None:
            return self.inner(environ, start_response)
        known = self._known.get(query)
        ready = None if known is None else self._ready(known, environ)
        if known is None or ready is None:
            answered = self.inner(environ, start_response)
            self._learn(query, environ)
            return answered
        environ[SCOPE] = known.scope
        if REPEAT in environ and ready.constant.text:
            environ[REPEAT] = self._repeat(query, environ)
        add_text = environ.get(ADD_TEXT)
        if add_text is not None and ready.constant.text:
            add_text(ready.constant.text)
            start_response(ready.status, ready.headers)
        else:
            start_response(ready.status, [*ready.headers, *ready.constant.pairs])
        return [ready.body] if ready.body else []

    def __len__(self) -> int:
        return len(self._known)

    def _ready(self, known: KnownQuery, environ: dict[str, Any]) -> Reply | None:
        """Return the response to a known query, `None` where Flask has to give it."""
        answer = self._market.answers.fresh(known.key)
        if answer is None:
            return None
        caller = admission.identify(self._callers, environ)
        return None if caller is None else self._reply(known, answer, caller, sent(environ))

    def _reply(
        self,
        known: KnownQuery,
        answer: Answer,
        caller: Caller,
        environ: Mapping[str, Any],
        same: NotModified | None = None,
    ) -> Reply | None:
        """Count the request, and return the response; `environ` has what it depends on, and nothing else.

        Those to `same` heads are kept there where they are the same.
        """
        now = self._clock()
        quota_headers: Headers = []
        if self._settings.rate_limit_enabled and caller.times is not None:
            if known.quota is None:
                return None  # Flask knows the quota
            item = self._item(known.quota, caller.times)
            allowed, status = quotas.spend(limiter.limiter, item, caller.bucket, known.scope)
            quota_headers = status.headers()
            if not allowed:
                return self._finished(_refusal(status.wait, environ), environ).with_headers(quota_headers)
        self._market.answers.served(known.key)
        ready = None if same is None else same.find(answer, now)
        if ready is None:
            ready = self._finished(reply(answer, now, environ), environ)
            ready = ready if same is None else same.keep(answer, now, ready)
        return ready.with_headers(quota_headers)

    def _repeat(self, query: str, environ: dict[str, Any]) -> Callable[[Peer], Reply | None] | None:
        """Return a function that answers the same head on any connection, `None` if there is none."""
        client = client_of(environ)
        if client is None:
            return None
        named = Peer(client) if client else None
        head, same = sent(environ), NotModified()

        def repeat(peer: Peer) -> Reply | None:
            known = self._known.get(query)
            answer = None if known is None else self._market.answers.fresh(known.key)
            if known is None or answer is None:
                return None
            return self._reply(known, answer, self._callers.by_peer(named or peer), head, same)

        return repeat

    def _finished(self, ready: Reply, environ: Mapping[str, Any]) -> Reply:
        constant = ready.constant + self._common(environ.get("HTTP_ORIGIN", ""))
        body = ready.body if environ["REQUEST_METHOD"] == "GET" else b""
        return Reply(ready.status, ready.headers, body, constant, ready.served)

    def _item_of(self, quota: str, times: float) -> RateLimitItem:
        return quotas.item(quotas.text(self._settings, quota, times))

    def _common_of(self, origin: str) -> ConstantHeaders:
        return ConstantHeaders.of((*self._origins.headers(origin), *ALWAYS))

    def _learn(self, query: str, environ: dict[str, Any]) -> None:
        """Remember an answer of Flask, and forget the oldest one if there are too many."""
        answer = environ.get(ANSWER)
        if answer is None or not answer.key:
            return
        with self._lock:
            self._known[query] = KnownQuery(answer.key, environ.get(quotas.QUOTA), environ[SCOPE])
            self._known.move_to_end(query)
            if len(self._known) > self._settings.cache_max_entries:
                self._known.popitem(last=False)


def _query(environ: dict[str, Any]) -> str | None:
    """Return the key of a query that may be known: a short GET or HEAD without a body."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    if environ.get("CONTENT_LENGTH", "") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ:
        return None
    form = " csv" if wants_csv(environ.get("HTTP_ACCEPT", "")) else ""
    sent = environ.get("QUERY_STRING", "")
    if "_=" in sent:  # pages send another number each time, which means nothing
        sent = "&".join(part for part in sent.split("&") if not part.startswith(f"{IGNORED}="))
    query = f"{environ.get('PATH_INFO', '')}?{sent}{form}"
    return query if len(query) <= LONGEST else None


def sent(environ: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a request its answer depends on, so that a repeated head has the same one."""
    return {name: environ[name] for name in DEPENDS_ON if name in environ}


def _refusal(wait: int, environ: Mapping[str, Any]) -> Reply:
    body, headers = refusal(too_many(wait), environ.get("HTTP_ACCEPT", ""))
    return Reply("429 TOO MANY REQUESTS", headers, body)
