"""A feed by its address, and the form of such addresses. Forbidden and missing feeds give the same result: nothing."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address

from arshjul.errors import InputError, Message
from arshjul.office.store.feed_cache import CachedFeed, FeedCache, Reader
from arshjul.office.store.revisions import FeedKey

_NOBODY_KEY = bytes(32)
_NOBODY = Reader(0, FeedKey("", "", ""), datetime.min.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Read:
    """The feed, and the id of the subscriber that requested it. `feed` None: it is damaged, or missing now."""

    subscriber: int
    feed: CachedFeed | None


def read_feed(cache: FeedCache, token: str, now: datetime) -> Read | None:
    """None for an unknown, an expired and a revoked token alike: all take the same path."""
    digest = digest_of_token(token)
    reader = cache.readers.get(digest)
    is_known = hmac.compare_digest(digest, _NOBODY_KEY if reader is None else digest)
    known = reader or _NOBODY
    is_live = known.expires_at > now
    if not (is_known & is_live):
        return None
    return Read(known.subscriber, cache.feed(known, now))


def digest_of_token(token: str) -> bytes:
    """The SHA-256 of a token, which is all that is stored of it. Its 256 random bits need no salt."""
    return hashlib.sha256(token.encode()).digest()


def place_of_feeds(url: str) -> str:
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
