"""The address at which others reach the feeds and the console: its form, and whether it is only this computer."""

from ipaddress import ip_address

from arshjul.errors import InputError, Message


def place_of_feeds(url: str) -> str:
    """The base address of the feeds. InputError if it has no valid form."""
    base = url.rstrip("/")
    scheme, _, host = base.partition("://")
    if scheme not in ("https", "http") or not host or any(c.isspace() or c in "?#@" for c in host):
        raise InputError(Message("{url} is no address for feeds: write https://HOST.", {"url": url}))
    return base


def is_this_computer(base: str) -> bool:
    """True if only this computer can reach that address."""
    host = base.partition("://")[2].partition("/")[0]
    name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name.lower().rstrip(".") == "localhost"
