"""The proxies that may say for whom they ask: by address, or by the network that they are in."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from arshjul.errors import InputError, Message

KEPT_PEERS = 256
"""So many peers are remembered; every request of a proxy comes from one of a few."""


class Proxies:
    """The peers that are listed. `given`: IP addresses, or networks. InputError where one is neither."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        self._networks = tuple(_network(text) for text in given)
        self._is_listed = lru_cache(KEPT_PEERS)(self._lies_within)

    def __contains__(self, peer: str) -> bool:
        return self._is_listed(peer)

    def _lies_within(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:  # a socket has no address
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped  # how a server that listens on both kinds sees the older one
        return any(address in network for network in self._networks)


def _network(text: str) -> IPv4Network | IPv6Network:
    """The network written there; an address is a network of one."""
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        raise InputError(
            Message(
                "{given} is no address of a proxy: give an IP address, like 127.0.0.1, or a network, like 10.0.0.0/8.",
                {"given": text},
            )
        ) from None
