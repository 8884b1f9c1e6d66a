"""Ids as people type them: op-21 for OP-021."""

import re
from collections.abc import Iterable


def same_id(given: str, known: Iterable[str]) -> str | None:
    """The known id that differs from the given one only in case and in leading zeros of its numbers."""
    plain = _plain(given)
    return next((id for id in known if _plain(id) == plain), None)


def _plain(id: str) -> str:
    return re.sub(r"(?<!\d)0+(?=\d)", "", id.casefold())
