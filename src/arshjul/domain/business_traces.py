"""Texts that may tell which business is meant: what looks like its number, its address or its name."""

import re
from collections.abc import Iterator, Mapping

from arshjul.errors import Message, Problem

_TRACES = (
    (re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+ ]?\d{4}(?!\d)"), Message("an organisation number")),
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
    for key, text in written.items():
        what = next((what for pattern, what in _TRACES if isinstance(text, str) and pattern.search(text)), None)
        if what is not None:
            said = Message(
                "This seems to hold {what}, which is written nowhere here: give a reference of your own, and the "
                "coordinator asks you.",
                {"what": what},
            )
            yield Problem("secret-place", said, path=f"{name}[0].{key}")
