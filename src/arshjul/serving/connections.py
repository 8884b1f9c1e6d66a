"""The open connections: none stays open unused, and no single address can hold them all. And the known proxies.

A calendar connects, asks, takes its answer and leaves. Connections that do not are closed. If there are too many, of
one address or in total, a new one replaces the one answered longest ago: so a client with a complete request is served,
however many idle connections there are.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Protocol

from arshjul.errors import InputError, Message


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of connections. Times count from opening, or from the last answer."""

    request_s: float = 10.0  # the time for a complete request to arrive

    answer_s: float = 30.0
    """The time for an answer to be made and read, including the wait for its request: 350 kB at 100 kbit/s."""

    of_one_address: int = 100  # a whole authority may share one address; its calendars come one by one

    in_all: int = 2000


USUAL = Limits()


class ClientConnection(Hashable, Protocol):
    @property
    def is_answering(self) -> bool:
        """True if an answer is being made, or is waiting to be read."""

    def drop(self) -> None:
        """Closes the connection at once, with unsent data."""


class Connections:
    """`now`: seconds of any monotonic clock. `let_go`: how many were closed after their time, or to make room."""

    def __init__(self, limits: Limits) -> None:
        self.let_go = 0
        self._limits = limits
        self._since: dict[ClientConnection, float] = {}  # in the order of the last answer
        self._address: dict[ClientConnection, str] = {}
        self._of: defaultdict[str, dict[ClientConnection, None]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._since)

    def opened(self, connection: ClientConnection, address: str | None, now: float) -> None:
        if len(self._since) >= self._limits.in_all:
            self.drop(next(iter(self._since)))
        self._since[connection] = now
        if address is not None:
            self.speaks_for(connection, address)

    def speaks_for(self, connection: ClientConnection, address: str | None) -> None:
        """Assigns the connection to that address; None: to no address."""
        before = self._address.pop(connection, None)
        if before is not None:
            del self._of[before][connection]
            if not self._of[before]:
                del self._of[before]
        if address is None or connection not in self._since:
            return
        block = neighbours(address)
        there = self._of[block]
        if len(there) >= self._limits.of_one_address:
            self.drop(min(there, key=self._since.__getitem__))
        self._address[connection] = block
        self._of[block][connection] = None

    def answered(self, connection: ClientConnection, now: float) -> None:
        if self._since.pop(connection, None) is not None:
            self._since[connection] = now

    def lost(self, connection: ClientConnection) -> None:
        self.speaks_for(connection, None)
        self._since.pop(connection, None)

    def sweep(self, now: float) -> None:
        for connection, since in list(self._since.items()):
            waited = now - since
            if waited < self._limits.request_s:
                return  # all that follow are more recent
            if waited >= self._limits.answer_s or not connection.is_answering:
                self.drop(connection)

    def drop(self, connection: ClientConnection) -> None:
        self.let_go += 1
        self.lost(connection)
        connection.drop()


KEPT_PEERS = 256  # the number of peers in the cache; all requests of proxies come from a few


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
