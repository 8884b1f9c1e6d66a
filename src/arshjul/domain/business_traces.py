"""Texts that may tell which business is meant: what looks like its number, its address or its name."""

import re
from collections.abc import Iterator, Mapping

from arshjul.domain.identity_numbers import NAMES, identity_numbers
from arshjul.domain.written_texts import texts_in
from arshjul.errors import Message, Problem

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
    """What it seems to hold; a person's number may be that of a business, too."""
    yield from (NAMES[kind] for kind, _ in identity_numbers(text))
    yield from (what for pattern, what in _TRACES if pattern.search(text))
