"""The proxies whose forwarded addresses are trusted: by address, or by their network."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from arshjul.errors import InputError, Message

KEPT_PEERS = 256
"""The number of peers in the cache; all requests of proxies come from a few."""


class Proxies:
    """The listed peers. `given`: IP addresses or networks. InputError if one is neither."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        self._networks = tuple(_network(text) for text in given)
        self._is_listed = lru_cache(KEPT_PEERS)(self._lies_within)

    def __contains__(self, peer: str) -> bool:
        return self._is_listed(peer)

    def _lies_within(self, peer: str) -> bool:
        address = _address(peer)
        return address is not None and any(address in network for network in self._networks)


def forwarded_for(header: bytes) -> str:
    """The client's address in X-Forwarded-For: the part after the last comma, since earlier ones can be forged."""
    return header.rpartition(b",")[2].strip().decode("latin-1")


@lru_cache(KEPT_PEERS)
def neighbours(client: str) -> str:
    """The address, or the block of addresses of one holder: with IPv6 a holder has 2^64."""
    address = _address(client)
    return f"{int(address) >> 64:x}::/64" if isinstance(address, IPv6Address) else str(address or client)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """The address; None if the text is not an address, as for a local socket."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address  # a dual-stack server sees IPv4 addresses as mapped


def _network(text: str) -> IPv4Network | IPv6Network:
    """The network in the text; a single address is a network of one."""
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        raise InputError(
            Message(
                "{given} is no proxy address: give an IP address, like 127.0.0.1, or a network, like 10.0.0.0/8.",
                {"given": text},
            )
        ) from None
