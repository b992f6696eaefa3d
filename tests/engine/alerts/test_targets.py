"""The addresses to which alerts may be sent: none in the inner network."""

import pytest

from engine.alerts.addresses import is_public
from engine.alerts.channels import Channels
from engine.alerts.invalid_target import InvalidTarget
from engine.alerts.notify import Notify
from engine.alerts.reply import Reply
from engine.alerts.sending import NOT_PUBLIC, Sending
from engine.alerts.webhook import Poster
from engine.alerts.webhook_url import WebhookUrl

PUBLIC = "93.184.215.14"
INSIDE_4 = {
    "loopback": "127.0.0.1",
    "anywhere in loopback": "127.8.8.8",
    "this host": "0.0.0.0",
    "this network": "0.1.2.3",
    "private, class A": "10.1.2.3",
    "private, class B": "172.16.0.1",
    "private, class C": "192.168.1.1",
    "carriers' own": "100.64.0.1",
    "link": "169.254.1.1",
    "metadata": "169.254.169.254",
    "metadata of ECS": "169.254.170.2",
    "metadata of Alibaba": "100.100.100.200",
    "metadata of Oracle": "192.0.0.192",
    "host of Azure": "168.63.129.16",
    "documents": "203.0.113.7",
    "measurements": "198.18.0.1",
    "6to4 relay": "192.88.99.1",
    "multicast": "224.0.0.1",
    "multicast of an organization": "239.255.255.250",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
}
INSIDE_6 = {
    "loopback": "::1",
    "any": "::",
    "mapped": "::ffff:127.0.0.1",
    "mapped in hexadecimal": "::ffff:7f00:1",
    "mapped and public": "::ffff:5db8:d70e",
    "compatible": "::127.0.0.1",
    "translated": "::ffff:0:127.0.0.1",
    "NAT64": "64:ff9b::7f00:1",
    "NAT64 of metadata": "64:ff9b::169.254.169.254",
    "local NAT64": "64:ff9b:1::a00:1",
    "6to4": "2002:7f00:1::",
    "Teredo": "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "ISATAP": "2600:1901::5efe:7f00:1",
    "link": "fe80::1",
    "site": "fec0::1",
    "private": "fd00::1",
    "metadata of AWS": "fd00:ec2::254",
    "multicast": "ff02::1",
    "documents": "2001:db8::1",
    "new documents": "3fff::1",
    "discard": "100::1",
    "segment routing": "5f00::1",
}
MISWRITTEN = {
    "decimal": "http://2130706433/",
    "hexadecimal": "http://0x7f000001/",
    "hexadecimal in parts": "http://0x7f.0x0.0x0.0x1/",
    "an empty hexadecimal": "http://0x/",
    "octal": "http://0177.0.0.1/",
    "octal of one number": "http://017700000001/",
    "short": "http://127.1/",
    "shorter": "http://0/",
    "three parts": "http://10.0.258/",
    "with zeros": "http://127.000.000.001/",
    "five parts": "http://127.0.0.0.1/",
    "with a last dot": "http://127.0.0.1./",
    "full width": "http://１２７.0.0.1/",
    "circled": "http://①②⑦.⓪.⓪.①/",
    "percents": "http://%31%32%37.0.0.1/",
    "a public one in hexadecimal": "http://0x5db8d70e/",
    "a zone": "http://[fe80::1%25lo]/",
    "text after brackets": "http://[::1]x/",
    "no brackets": "http://::1/",
    "an empty bracket": "http://[]/",
    "IPvFuture": "http://[v1.a]/",
    "a user": "http://example.org@127.0.0.1/",
    "a user and a password": "https://a:b@example.org/",
    "a backslash": "http://example.org\\@127.0.0.1/",
    "a line": "http://example.org/\r\nX-Injected: 1",
    "a space": "http://example.org /",
    "a tab": "http://exa\tmple.org/",
    "a fragment": "http://example.org/#@127.0.0.1/",
    "no host": "http:///path",
    "no slashes": "http:example.org",
    "an empty name": "http://.example.org/",
    "a long name": f"http://{'a' * 64}.org/",
    "a long address": f"http://example.org/{'a' * 2048}",
    "a file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:6379/_",
    "FTP": "ftp://example.org/",
    "a port of Redis": "http://example.org:6379/",
    "a port of SSH": "https://example.org:22/",
    "port 0": "http://example.org:0/",
    "a port that is no number": "http://example.org:80x/",
    "a large port": "http://example.org:65616/",
}


class Silent(Poster):
    """A poster that fails the test if anything is sent."""

    def post(self, url: WebhookUrl, addresses: object, body: object, headers: object) -> Reply:
        """Refuse to connect."""
        raise AssertionError(f"{url} was connected to")


def sending(*addresses: str, private: bool = False) -> Sending:
    """Return a sender whose resolver gives every name these addresses, and literals themselves."""

    def resolve(host: str, port: int) -> list[str]:
        return [host] if ":" in host or host.replace(".", "").isdigit() else list(addresses)

    return Sending(Channels(None), private=private, resolve=resolve, poster=Silent())


def refusal(sender: Sending, url: str) -> str:
    """Return why a target is refused, which is the same for a new rule and for an alert."""
    notify = Notify("webhook", url=url)
    with pytest.raises(InvalidTarget) as caught:
        sender.check_target(notify, key_name="alice")
    outcome = sender.send(notify, b"{}", {}, key_name="alice")
    assert (outcome.delivered, outcome.status) == (False, None)
    assert outcome.reason == f"Invalid target: {caught.value}"
    return str(caught.value)


@pytest.mark.parametrize("address", [*INSIDE_4.values(), *INSIDE_6.values()], ids=[*INSIDE_4, *INSIDE_6])
def test_an_inner_address_is_refused(address: str) -> None:
    """An address that is not public is refused as a literal, behind a name, and beside a public one."""
    host = f"[{address}]" if ":" in address else address

    assert not is_public(address)
    assert refusal(sending(), f"https://{host}/hook") == NOT_PUBLIC
    assert refusal(sending(address), "https://inner.example/hook") == NOT_PUBLIC
    assert refusal(sending(PUBLIC, address), "https://rebound.example/hook") == NOT_PUBLIC


@pytest.mark.parametrize("url", MISWRITTEN.values(), ids=MISWRITTEN.keys())
def test_an_ambiguous_address_is_refused(url: str) -> None:
    """A URL that parsers read differently, or with another port, is refused before it is resolved."""
    assert refusal(sending(PUBLIC), url) != NOT_PUBLIC


def test_a_name_that_does_not_resolve_is_refused_alike() -> None:
    """A host without addresses gets the same message as inner ones, which reveals no inner names."""
    assert refusal(sending(), "https://nowhere.example/") == NOT_PUBLIC


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://example.org:80/a?b=c",
        "HTTPS://Example.ORG:443/",
        "https://93.184.215.14/x",
        "https://[2600:1406:bc00:53::b81e:94ce]/",
        "https://xn--mnchen-3ya.example/",
        "https://a_b.example/%7E?q=http://127.0.0.1/",
        "https://1password.example/",
    ],
)
def test_a_public_address_is_accepted(url: str) -> None:
    """Public addresses are accepted on ports 80 and 443."""
    sending(PUBLIC, "2600:1406:bc00:53::b81e:94ce").check_target(Notify("webhook", url=url), key_name="alice")


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "192.0.1.1", "2606:4700::1111", "2a00:1450::1"])
def test_the_public_internet_is_public(address: str) -> None:
    """Addresses next to the special networks are public."""
    assert is_public(address)


def test_operators_can_allow_inner_addresses_and_ports() -> None:
    """`ALERT_PRIVATE_TARGETS` allows all addresses and ports, and still refuses ambiguous URLs."""
    sender = sending("10.1.2.3", private=True)
    sender.check_target(Notify("webhook", url="http://inner.example:8080/"), key_name="alice")
    sender.check_target(Notify("webhook", url="http://127.0.0.1:9000/"), key_name="alice")

    assert "four decimal numbers" in refusal(sender, "http://0x7f000001/")
