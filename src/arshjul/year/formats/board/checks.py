"""Checks for every part of a board file: a value's type, range and keys, reported with its place."""

from collections.abc import Collection, Sequence
from typing import Any

from arshjul.errors import InputError, Message, Problem
from arshjul.year.formats.board.writing import Json
from arshjul.year.formats.json_guard import DuplicateKeys
from arshjul.year.formats.validation import unknown_key
from arshjul.year.formats.words import meant, nearest, quoted

Keys = tuple[str, ...]
Part = tuple[Keys, Keys]

BOARD: Part = ("format", "levels", "steps", "resources", "activities"), ("lags", "conflicts", "rows")
RESOURCE: Part = ("capacity",), ()
ACTIVITY: Part = ("id", "unplaced", "options"), ()
OPTION: Part = ("start",), ("demand", "costs", "length")
LAG: Part = ("before", "after"), ("min", "max")
CONFLICT: Part = ("between",), ("steps",)
ROW: Part = ("terms", "at_most"), ("rule", "about", "over")
"""The keys of each part of a board file: the required ones, then the optional ones."""

LARGEST = 2**31 - 1
MOST_PROBLEMS = 100  # reported, since a file from a broken program repeats itself
MOST_COUNTED = 10_000  # whose number is reported
_MOST_LISTED = 10  # names that an error lists
_SOUGHT = 10  # the most unknown names for which a similar one is looked for, which is slow among thousands
_LONGEST = 30  # digits or letters of a given value

NUMBER, TEXT = Message("a whole number"), Message("a text")
LIST, MAPPING = Message("a list, like [a, b]"), Message("a mapping, like {{key: value}}")


class Enough(Exception):
    """Raised to stop reading: there are too many problems, or one that makes the rest meaningless."""


class Checks:
    """Collects the problems of one file. Each check returns the value, or a substitute for a wrong one."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.count = 0

    def wrong(self, kind: str, path: str, text: Message) -> None:
        """Notes the first problems, and the number of all; raises `Enough` after too many to count."""
        self.count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(kind, text, self.file, None, path))
        if self.count >= MOST_COUNTED:
            raise Enough

    def wrong_type(self, value: object, path: str, wanted: Message) -> None:
        what = Message("{given} is not {wanted}", {"given": given(value), "wanted": wanted})
        if wanted is NUMBER and isinstance(value, str) and value.removeprefix("-").isdecimal():
            remedy = Message("leave out the quotes")
            self.wrong("wrong-type", path, Message("{what}: {remedy}.", {"what": what, "remedy": remedy}))
        else:
            self.wrong("wrong-type", path, Message("{what}.", {"what": what}))

    def integer(self, value: object, path: str, least: int = -LARGEST, most: int = LARGEST) -> int | None:
        """The value if it is a whole number in range, which truth values are not."""
        if type(value) is not int:
            self.wrong_type(value, path, NUMBER)
        elif not least <= value <= most:
            values = {"given": given(value), "least": least, "most": most}
            self.wrong("bad-value", path, Message("{given} is not within {least} to {most}.", values))
        else:
            return value
        return None

    def amounts(self, value: object, path: str) -> list[int]:
        amounts = self.items(value, path)
        for k, amount in enumerate(amounts):
            if type(amount) is not int or not 0 <= amount <= LARGEST:
                self.integer(amount, f"{path}[{k}]", 0)
        return amounts

    def items(self, value: object, path: str) -> list[Any]:
        """The value if it is a list, else an empty one."""
        if isinstance(value, list):
            return value
        self.wrong_type(value, path, LIST)
        return []

    def word(self, value: object, path: str) -> str:
        """The value if it is a text, else an empty one."""
        if isinstance(value, str):
            return value
        self.wrong_type(value, path, TEXT)
        return ""

    def entries(self, value: object, path: str) -> Json:
        """The value if it is a mapping with any keys, else an empty one."""
        if type(value) is dict:
            return value
        if isinstance(value, DuplicateKeys):
            self.wrong("duplicate-key", below(path, value.twin), Message("The key stands twice: keep one."))
            return value
        self.wrong_type(value, path, MAPPING)
        return {}

    def mapping(self, value: object, path: str, needed: Keys, more: Keys) -> Json | None:
        """The value if it is a mapping with the needed keys and only `more` besides; None if it cannot be read on."""
        if not isinstance(value, dict):
            self.wrong_type(value, path, MAPPING)
            return None
        self.entries(value, path)
        known = (*needed, *more)
        for key in value:
            if key not in known:
                self.wrong("unknown-key", below(path, key), unknown_key(key, known))
        missing = [key for key in needed if key not in value]
        for key in missing:
            self.wrong("missing-key", below(path, key), _missing(key, needed, more))
        return None if missing else value

    def nowhere(self, given: str, path: str, known: Collection[str], what: Message) -> None:
        few = 0 < len(known) <= _MOST_LISTED
        near = nearest(given, known) if self.count < _SOUGHT else None
        if near is None and few:
            values = {"what": what, "known": ", ".join(map(shown, known))}
            self.wrong("unknown-id", path, Message("{what}: choose among {known}.", values))
        else:
            self.wrong("unknown-id", path, meant(what, near))


def no_board(file: str, problems: Sequence[Problem], n: int = 0) -> InputError:
    """The error for a file with these problems, the first of `n`."""
    told = Message("{file} is not a board that can be solved.", {"file": file})
    values = {"file": file, "told": len(problems), "n": n}
    if n >= MOST_COUNTED:
        told = Message("{file} is not a board that can be solved: the first {told} of at least {n} problems.", values)
    elif n > len(problems):
        told = Message("{file} is not a board that can be solved: the first {told} of {n} problems.", values)
    return InputError(told, problems)


def _missing(key: str, needed: Keys, more: Keys) -> Message:
    values = {"key": key, "needed": ", ".join(needed), "more": ", ".join(more)}
    if more:
        return Message("The key {key} is missing: write {needed}, perhaps {more}.", values)
    return Message("The key {key} is missing: write {needed}.", values)


def shown(name: str) -> str:
    return quoted(name)[1:-1]


def below(path: str, key: str) -> str:
    name = key if len(key) < _LONGEST and key.isprintable() else shown(key)
    return f"{path}.{name}" if path else name


def given(value: object) -> object:
    """A given value as repeated in an error, always short."""
    if value is None:
        return Message("an empty value")
    if isinstance(value, (dict, list)):
        return Message("a mapping") if isinstance(value, dict) else Message("a list")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 4 * _LONGEST:
        return Message("a number of more than {n} digits", {"n": _LONGEST})
    return quoted(value) if isinstance(value, str) else str(value)
