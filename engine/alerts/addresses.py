"""Accept only IP addresses of the public internet for webhooks of clients."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata
        "168.63.129.16/32",  # Azure's host
        "192.0.0.0/24",  # protocols; Oracle's metadata
        "192.31.196.0/24",  # AS112, which answers for private names
        "192.52.193.0/24",  # AMT relays
        "192.88.99.0/24",  # 6to4 relays
        "192.175.48.0/24",  # AS112
    )
)
"""Networks that are not public, in addition to those that `ipaddress` knows."""
GLOBAL_6 = IPv6Network("2000::/3")
"""The only IPv6 addresses of the public internet. NAT64 and mapped IPv4 addresses are outside."""
NOT_PUBLIC_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocols; Teredo, which holds IPv4 addresses
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which holds IPv4 addresses
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "3ffe::/16",  # a former experiment
    )
)
ISATAP = (0x00005EFE, 0x02005EFE)
"""The middle of an IPv6 address whose last four bytes are an IPv4 address."""


def is_public(text: str) -> bool:
    """Return whether a text is an IP address of the public internet."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return _is_public_4(address) if isinstance(address, IPv4Address) else _is_public_6(address)


def _is_public_4(address: IPv4Address) -> bool:
    special = address.is_multicast or address.is_reserved or not address.is_global
    return not special and not any(address in network for network in NOT_PUBLIC_4)


def _is_public_6(address: IPv6Address) -> bool:
    if address not in GLOBAL_6 or address.scope_id is not None or not address.is_global:
        return False
    if (int(address) >> 32) & 0xFFFFFFFF in ISATAP:
        return False
    return not any(address in network for network in NOT_PUBLIC_6)
