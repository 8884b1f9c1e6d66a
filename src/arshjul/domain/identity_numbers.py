"""Swedish identity numbers in texts, of organisations and of persons, told from telephone numbers by their check digit.

Written with a hyphen before the last four it is one even with a slip in it: no telephone number is written so.

Sources: lag (1974:174) om identitetsbeteckning för juridiska personer m.fl.; folkbokföringslagen (1991:481), sections
18 and 18 a. The third digit of an organisation's number is 2 or more, where a person's has the month, and its first one
is never 0.
"""

import re
from collections.abc import Iterator
from typing import Literal

from arshjul.errors import Message

Kind = Literal["organisation", "person"]

NAMES = {"organisation": Message("an organisation number"), "person": Message("a personal identity number")}
"""What each is called."""

_TEN_DIGITS = re.compile(r"(?<![\d+])(\d{2})?(\d{6})([-+ \u2010-\u2013\u2212\u00a0]?)(\d{4})(?!\d)")
_CENTURIES: dict[Kind, tuple[str | None, ...]] = {"organisation": (None, "16"), "person": (None, "18", "19", "20")}


def identity_numbers(text: str) -> Iterator[tuple[Kind, re.Match[str]]]:
    """Each number with its kind, in order."""
    for found in _TEN_DIGITS.finditer(text):
        century, kind = found[1], _kind(found[2] + found[4], is_checked=found[3] in ("", " ", "\u00a0"))
        if kind is not None and century in _CENTURIES[kind]:
            yield kind, found


def _kind(digits: str, *, is_checked: bool) -> Kind | None:
    """What ten digits are; None if the series, or where it `is_checked` the last digit, says that they are neither."""
    month, day = int(digits[2:4]), int(digits[4:6])
    doubled = "".join(str(int(digit) * (2 - n % 2)) for n, digit in enumerate(digits))
    if is_checked and sum(map(int, doubled)) % 10:
        return None
    if digits[0] != "0" and digits[2] >= "2":
        return "organisation"
    return "person" if 1 <= month <= 12 and 1 <= day % 60 <= 31 and day < 92 else None
