"""Whose network an IP address belongs to, however it is spelt: the Internet's, ours, or nobody's that may be posted to.

Own lists, since what `ipaddress` calls global differs between releases and holds translated and retired ranges.
https://www.iana.org/assignments/iana-ipv4-special-registry/ and iana-ipv6-special-registry, addresses as of RFC 9637.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_V4_CLOSED = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",  # this host
            "10.0.0.0/8",
            "100.64.0.0/10",  # behind a provider's translator
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local, and the metadata of most clouds
            "172.16.0.0/12",
            "192.0.0.0/24",  # protocols, and the metadata of one cloud
            "192.0.2.0/24",  # documents
            "192.88.99.0/24",  # relays from 6to4, retired
            "192.168.0.0/16",
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",  # many at once
            "240.0.0.0/4",  # reserved, and everybody here
        ),
    )
)
#: All of IPv6 that is given out to anybody; what lies beside it is loopback, links, sites, groups, translations.
_V6_GIVEN_OUT = IPv6Network("2000::/3")
_V6_CLOSED = tuple(
    map(
        ip_network,
        (
            "2001::/23",  # protocols, Teredo among them
            "2001:db8::/32",  # documents
            "2002::/16",  # 6to4: an IPv4 address inside
            "3fff::/20",  # documents
        ),
    )
)
_OURS = tuple(map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")))
_METADATA = frozenset(map(ip_address, ("fd00:ec2::254", "fd20:ce::254")))  # two clouds', in ranges of one's own

Address = IPv4Address | IPv6Address


def address_of(text: str) -> Address | None:
    """The address that a text spells, the IPv4 one inside a mapped one; None: it spells none, or one of a link only."""
    try:
        ip = ip_address(text)
    except ValueError:
        return None
    if isinstance(ip, IPv6Address):
        return None if ip.scope_id is not None else ip.ipv4_mapped or ip
    return ip


def is_public(text: str) -> bool:
    """Whether an address is out on the Internet: no machine or network of ours, in no disguise, and one machine."""
    ip = address_of(text)
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _V4_CLOSED)
    return ip is not None and ip in _V6_GIVEN_OUT and not any(ip in network for network in _V6_CLOSED)


def is_ours(text: str) -> bool:
    """Whether an address is this machine's or of its network, and not one that tells machines their secrets."""
    ip = address_of(text)
    return ip is not None and any(ip in network for network in _OURS) and ip not in _METADATA
