"""Texts that people type into a form: too long to be read where they are shown, or telling of a person."""

import re
from collections.abc import Callable, Iterator

from arshjul.domain.identity_numbers import NAMES, identity_numbers
from arshjul.domain.written_texts import texts_in
from arshjul.errors import Message, Problem

_NOT_ASKED = frozenset({"phone", "email", "note"})
"""Keys whose values are numbers and addresses of functions, or notes that the coordinator alone reads."""

_TELEPHONE = re.compile(r"(?<![\w-])(?:\+46[ -]?|0)[1-9]\d{0,2}(?:[ -]|/)?\d{2,3}(?:[ -]?\d{2,3}){1,3}(?![\w-])")
_HOURS = re.compile(r"(?<!\d)(?:[01]\d|2[0-3])[0-5]\d ?[-–] ?(?:[01]\d|2[0-4])[0-5]\d(?!\d)")
"""Two clock times as police write them, 0830-1200, which else look like a telephone number."""

_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w+")

_WHAT: tuple[tuple[Callable[[str], object], Message], ...] = (
    (_TELEPHONE.search, Message("a telephone number")),
    (lambda text: any(kind == "person" for kind, _ in identity_numbers(text)), NAMES["person"]),
    (_MAIL.search, Message("an e-mail address")),
)


def too_long(name: str, written: object, most: int) -> Iterator[Problem]:
    """A problem for each text of a written item, of the list of that name, that has more than so many characters."""
    for path, text in texts_in(written, f"{name}[0]"):
        if len(text) > most:
            values = {"size": len(text), "most": most}
            said = Message("The text has {size} characters, more than {most}: shorten it.", values)
            yield Problem("too-large", said, path=path)


def of_persons(name: str, written: object) -> Iterator[Problem]:
    """A question for each text that seems to hold what belongs to a person."""
    for path, text in texts_in(written, f"{name}[0]"):
        if path.rpartition(".")[2] in _NOT_ASKED:
            continue
        for holds, what in _WHAT:
            if holds(_HOURS.sub("", text)):
                values = {"what": what}
                said = Message("The text seems to hold {what}, and others read it. Can it be left out?", values)
                yield Problem("idle", said, path=path)
                break
