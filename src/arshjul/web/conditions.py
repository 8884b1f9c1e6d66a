"""A request's conditions on the representation (RFC 9110 12.5.3, 13.1)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache


@lru_cache(maxsize=512)
def takes_gzip(accept_encoding: bytes) -> bool:
    """True if gzip is accepted."""
    weights = {}
    for part in accept_encoding.decode("latin-1").lower().split(","):
        coding, _, parameters = part.partition(";")
        weights[coding.strip()] = _weight(parameters)
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def names(if_none_match: bytes, etags: tuple[bytes, bytes]) -> bool:
    """True if the header matches one of these tags in weak comparison: a list, with `W/`, or `*`."""
    if if_none_match in etags or if_none_match.strip() == b"*":
        return True
    return any(part.strip().removeprefix(b"W/") in etags for part in if_none_match.split(b","))


@lru_cache(maxsize=4096)
def http_date(text: bytes) -> datetime | None:
    """The moment of an HTTP date; None if it cannot be read, so that the whole answer is sent."""
    try:
        moment = parsedate_to_datetime(text.decode("latin-1"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _weight(parameters: str) -> float:
    name, _, value = parameters.partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
