"""The address of Redis."""

import pytest

from engine.config import SettingsError, load_settings
from engine.config.redis_url import RedisUrl

SENTINELS = (("a", 26379), ("b.example", 2), ("2001:db8::1", 3), ("10.0.0.1", 26379))


def error_of(address: str) -> str:
    """Return the error of the start with an address."""
    with pytest.raises(SettingsError, match="REDIS_URL") as caught:
        load_settings({"REDIS_URL": address})
    return str(caught.value)


@pytest.mark.parametrize(
    "address", ["redis://", "redis://[::1]:6379/2", "rediss://u:p%40@h", "unix:///run/a?db=1"]
)
def test_one_server(address: str) -> None:
    """The address of one server is used as it is."""
    assert load_settings({"REDIS_URL": address}).redis_url == address
    assert RedisUrl.of(address) == RedisUrl(address)


def test_sentinels_of_a_service() -> None:
    """Any number of sentinels with a common port by default, IPv6 among them, and the name of a service."""
    found = RedisUrl.of("redis+sentinel://a,b.example:2,[2001:db8::1]:3,10.0.0.1/main/2")

    assert (found.hosts, found.service, found.login) == (SENTINELS, "main", ())
    assert found.server.startswith("redis://@service/2")


def test_passwords_of_redis_and_of_sentinels() -> None:
    """The password in front of the hosts is that of Redis; sentinels have theirs in the options."""
    address = "rediss+sentinel://user:p%40%2F@a/main?sentinel_password=q%26&socket_keepalive=yes"
    found = RedisUrl.of(address)

    assert load_settings({"REDIS_URL": address}).redis_url == address
    assert found.server == "rediss://user:p%40%2F@service/?socket_keepalive=yes"
    assert found.login == (("password", "q&"),)


def test_nodes_of_a_cluster() -> None:
    """Any number of nodes with a common port by default, over TLS or not."""
    found = RedisUrl.of("rediss+cluster://user:p%40@a,[2001:db8::1]:3/0?ssl_ca_certs=b")

    assert (found.hosts, found.service) == ((("a", 6379), ("2001:db8::1", 3)), "")
    assert found.server == "rediss://user:p%40@node/?ssl_ca_certs=b"


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://hunter2", "must be redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://"),
        ("redis+other://hunter2/main", "must be like redis+cluster://"),
        ("redis+cluster://:hunter2@a/1", "must not have a database"),
        ("redis+cluster://:hunter2@a/main", "nor the name of a service"),
        ("redis+cluster://:hunter2@a?db=1", "must not have a database"),
        ("redis+cluster://:hunter2@a,", "must have hosts like"),
        ("redis://:hunter2@a:1,b:2", "has several hosts"),
        ("redis://:hunter2@a,b", "has several hosts"),
        ("redis+sentinel://:hunter2@a:1", "must have the name of the service"),
        ("redis+sentinel://:hunter2@a:1/", "must have the name of the service"),
        ("redis+sentinel://:hunter2@a:1//0", "must have the name of the service"),
        ("redis+sentinel://:hunter2@a/main/x", "must have a number as its database"),
        ("redis+sentinel://:hunter2@a,,b/main", "must have hosts like"),
        ("redis+sentinel://:hunter2@a:0/main", "must have hosts like"),
        ("redis+sentinel://:hunter2@a:65536/main", "must have hosts like"),
        ("redis+sentinel://:hunter2@::1/main", "must have hosts like"),
        ("redis+sentinel://:hunter2@[::1/main", "must have hosts like"),
        ("redis+sentinel://:hun@ter2@a/main", "@ is %40"),
        ("redis+sentinel://:hunter2/3@a/main", "must have"),
        ("redis+sentinel://a/main?sentinel_pasword=hunter2", "has an option after ?"),
        ("rediss://a?ssl_ca_cert=hunter2", "has an option after ?"),
        ("redis://a?socket_timeout=hunter2", "has an option after ?"),
        ("rediss://a?ssl_cert_reqs=hunter2", "has an option after ?"),
    ],
)
def test_a_wrong_address_stops_the_start(address: str, reason: str) -> None:
    """The error says what is wrong, and does not repeat the address, which may have a password."""
    assert reason in error_of(address)
    assert "hunter2" not in error_of(address)
