"""The address of Redis: of one server, of a service that Sentinel watches, or of a cluster.

`redis+sentinel://[user:password@]host[:port][,host[:port]...]/service[/database][?options]`, and
`redis+cluster://[user:password@]host[:port][,host[:port]...][?options]`; `rediss+...` is the same over TLS.
Each part is percent-encoded as in `redis://`.
"""

import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import msgspec

PORTS = {"sentinel": 26379, "cluster": 6379}
FORM = re.compile(
    r"(?P<server>rediss?)\+(?P<kind>sentinel|cluster)://"
    r"(?:(?P<login>[^@/?#]*)@)?(?P<hosts>[^@/?#]+)(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?"
)
HOST = re.compile(r"(?P<name>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")
ENCODED = "in a user or a password @ is %40, / is %2F, ? is %3F, # is %23"
FORMS = "must be redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://; a port is a number"
SEVERAL = "has several hosts, as only redis+sentinel:// and redis+cluster:// may"
OF_SENTINEL = ("sentinel_username", "sentinel_password")
"""Options that are not of Redis, but of the sentinels."""

Host = tuple[str, int]


class RedisUrl(msgspec.Struct, frozen=True):
    """An address in parts.

    `server` is a URL of redis-py, with everything that all servers have in common. With a `service`, `hosts`
    are the sentinels that know where it is, and `login` has the `username` and `password` that they want.
    `hosts` without a service are nodes of a cluster.
    """

    server: str
    hosts: tuple[Host, ...] = ()
    service: str = ""
    login: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, value: str) -> "RedisUrl":
        """Take an address apart. Raises `ValueError`, which does not repeat it."""
        if "+" not in value.partition("://")[0]:
            _check_single(value)
            return cls(value)
        form = FORM.fullmatch(value)
        if form is None:
            raise ValueError(f"must be like redis+cluster://a,b or redis+sentinel://a/name; {ENCODED}")
        hosts = tuple(_host(text, PORTS[form["kind"]]) for text in form["hosts"].split(","))
        if form["kind"] == "cluster":
            return cls(_of_cluster(form), hosts)
        service, _, database = (form["path"] or "/")[1:].partition("/")
        if not service:
            raise ValueError("must have the name of the service, as in redis+sentinel://host:26379/mymaster")
        if database and not database.isdecimal():
            raise ValueError(
                "must have a number as its database, as in redis+sentinel://host:26379/mymaster/0"
            )
        options = parse_qsl(form["query"] or "", keep_blank_values=True)
        rest = urlencode([(name, text) for name, text in options if name not in OF_SENTINEL])
        login = tuple((name.removeprefix("sentinel_"), text) for name, text in options if name in OF_SENTINEL)
        server = f"{form['server']}://{form['login'] or ''}@service/{database}?{rest}"
        return cls(server, hosts, unquote(service), login)


def redis_url(value: str) -> str:
    """Parse the address of Redis, with its options."""
    _check_options(RedisUrl.of(value).server)
    return value


def _host(text: str, port: int) -> Host:
    found = HOST.fullmatch(text)
    if found is None or not 0 < int(found["port"] or port) < 65_536:
        raise ValueError("must have hosts like one:26379,[2001:db8::1]:26379, with commas between them")
    return found["name"].strip("[]"), int(found["port"] or port)


def _of_cluster(form: re.Match[str]) -> str:
    """Return the URL of any node. Raises `ValueError`."""
    if (form["path"] or "/") not in ("/", "/0") or "db" in dict(parse_qsl(form["query"] or "")):
        raise ValueError("must not have a database, since a cluster has only one, nor the name of a service")
    return f"{form['server']}://{form['login'] or ''}@node/?{form['query'] or ''}"


def _check_single(value: str) -> None:
    """Check the address of one server. The error of `urlsplit` is dropped, since it may repeat a password."""
    try:
        parts = urlsplit(value)
        valid = parts.scheme in ("redis", "rediss", "unix") and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        several = "," in value.partition("://")[2].rpartition("@")[2].partition("/")[0]
        raise ValueError(SEVERAL if several else FORMS)
    if "," in parts.netloc.rpartition("@")[2]:
        raise ValueError(SEVERAL)


def _check_options(server: str) -> None:
    """Check the options after `?` by preparing a connection, which is not opened."""
    if "?" not in server:
        return
    from redis import ConnectionPool, RedisError  # here, since few addresses have options

    try:
        ConnectionPool.from_url(server).make_connection()
    except (RedisError, TypeError, ValueError):
        raise ValueError("has an option after ? that Redis does not have, or a wrong value of it") from None
