"""Ids as people type and count them: op-21 for OP-021, and OP-022 after it."""

import re
from collections.abc import Iterable

LONGEST_ID = 64
"""The most characters of an id."""


def same_id(given: str, known: Iterable[str]) -> str | None:
    """The known id that differs from the given one only in case and in leading zeros of its numbers."""
    plain = _plain(given)
    return next((id for id in known if _plain(id) == plain), None)


def _plain(id: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", id.casefold())


_NUMBERED = re.compile(r"(|.*[^\d.])(\d{1,9})")


def numbered(id: str) -> tuple[str, str] | None:
    """The beginning and the number of an id that ends with one; None if it does not."""
    found = _NUMBERED.fullmatch(id)
    return None if found is None else (found[1], found[2])
