"""Texts that may tell which business is meant: what looks like its number, its address or its name."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from arshjul.errors import Message, Problem

Kind = Literal["organisation", "person"]

NAMES = {"organisation": Message("an organisation number"), "person": Message("a personal identity number")}
"""Names of the kinds."""

_TEN_DIGITS = re.compile(r"(?<![\d+])(\d{2})?(\d{6})([-+ \u2010-\u2013\u2212\u00a0]?)(\d{4})(?!\d)")
_CENTURIES: dict[Kind, tuple[str | None, ...]] = {"organisation": (None, "16"), "person": (None, "18", "19", "20")}


def identity_numbers(text: str) -> Iterator[tuple[Kind, re.Match[str]]]:
    """Each identity number of an organisation or a person, told from telephone numbers by its check digit, in order.

    Written with a hyphen before the last four it is one even with a slip in it: no telephone number is written so.

    Sources: lag (1974:174) om identitetsbeteckning för juridiska personer m.fl.; folkbokföringslagen (1991:481),
    sections 18 and 18 a. The third digit of an organisation's number is 2 or more, where a person's has the month, and
    its first one is never 0.
    """
    for match in _TEN_DIGITS.finditer(text):
        century, kind = match[1], _kind(match[2] + match[4], is_checked=match[3] in ("", " ", "\u00a0"))
        if kind is not None and century in _CENTURIES[kind]:
            yield kind, match


def _kind(digits: str, *, is_checked: bool) -> Kind | None:
    """The kind of ten digits; None if the series, or where it `is_checked` the last digit, says that they are neither."""
    month, day = int(digits[2:4]), int(digits[4:6])
    doubled = "".join(str(int(digit) * (2 - n % 2)) for n, digit in enumerate(digits))
    if is_checked and sum(map(int, doubled)) % 10:
        return None
    if digits[0] != "0" and digits[2] >= "2":
        return "organisation"
    return "person" if 1 <= month <= 12 and 1 <= day % 60 <= 31 and day < 92 else None


def texts_in(written: object, path: str, beside: str = "sites") -> Iterator[tuple[str, str]]:
    """The texts in written data, each with its path; those under the key `beside` are left out."""
    match written:
        case str():
            yield path, written
        case Mapping():
            for key, value in written.items():
                if key != beside:
                    yield from texts_in(value, f"{path}.{key}", beside)
        case list() | tuple():
            for n, value in enumerate(written):
                yield from texts_in(value, f"{path}[{n}]", beside)


_TRACES = (
    (
        re.compile(
            r"(?i)(?:gatan|gata|gränd|väg|vägen|stigen|allén|avenyn|torget|torg|backen|leden|kajen|platsen|street|"
            r"road)\s+\d+|(?<!\d)\d{3} \d{2} +[a-zåäö]{2}"
        ),
        Message("an address"),
    ),
    (
        re.compile(r"\w\s+(?:AB|HB|KB)\b|(?i:\b(?:aktiebolag|handelsbolag|kommanditbolag)(?:et)?\b)"),
        Message("the name of a business"),
    ),
)  # fmt: skip


def of_business(name: str, written: Mapping[str, object]) -> Iterator[Problem]:
    """A question for each text of an item of that list which seems to tell of a business."""
    for path, text in texts_in(written, f"{name}[0]"):
        what = next(_traces(text), None)
        if what is not None:
            said = Message(
                "This seems to hold {what}: write a reference of your own instead.",
                {"what": what},
            )
            yield Problem("secret-place", said, path=path)


def _traces(text: str) -> Iterator[Message]:
    """The traces that a text seems to hold; a person's number may be that of a business, too."""
    yield from (NAMES[kind] for kind, _ in identity_numbers(text))
    yield from (what for pattern, what in _TRACES if pattern.search(text))
