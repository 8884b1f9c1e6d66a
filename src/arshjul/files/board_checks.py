"""What every part of a board file is checked with: a value's type, range and keys, told with its place."""

from collections.abc import Iterable
from typing import Any

from arshjul.errors import Message, Problem
from arshjul.files.board_writing import Json
from arshjul.files.json_guard import Twins
from arshjul.files.schema.words import quoted, unknown

LARGEST = 2**31 - 1
MOST_PROBLEMS = 100  # a file from a broken program repeats itself
_SOUGHT = 10  # for so many unknown names a near one is looked for, which takes a while among thousands
_LONGEST = 30  # digits or letters of what was given

NUMBER, TEXT = Message("a whole number"), Message("a text")
LIST, MAPPING = Message("a list, like [a, b]"), Message("a mapping, like {{key: value}}")


class Enough(Exception):
    """So many problems that the rest does not matter."""


class Checks:
    """Collects what is wrong in one file. Each check gives the value, or what stands in for a wrong one."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def wrong(self, kind: str, path: str, text: Message) -> None:
        """Notes a problem at a place. Raises `Enough` after many."""
        self.problems.append(Problem(kind, text, self.file, None, path))
        if len(self.problems) >= MOST_PROBLEMS:
            raise Enough

    def wrong_type(self, value: object, path: str, wanted: Message) -> None:
        """Notes that something else was wanted, and how what was given is mended where it is near."""
        what = Message("{given} was given where {wanted} belongs", {"given": given(value), "wanted": wanted})
        if wanted is NUMBER and isinstance(value, str) and value.removeprefix("-").isdecimal():
            remedy = Message("leave out the quotes")
            self.wrong("wrong-type", path, Message("{what}: {remedy}.", {"what": what, "remedy": remedy}))
        else:
            self.wrong("wrong-type", path, Message("{what}.", {"what": what}))

    def integer(self, value: object, path: str, least: int = -LARGEST, most: int = LARGEST) -> int | None:
        """The value if it is a whole number in range; truth values are none."""
        if type(value) is not int:
            self.wrong_type(value, path, NUMBER)
        elif not least <= value <= most:
            values = {"given": given(value), "least": least, "most": most}
            self.wrong("bad-value", path, Message("{given} is out of range: {least} to {most}.", values))
        else:
            return value
        return None

    def amounts(self, value: object, path: str) -> list[int]:
        """A list of numbers that are not negative."""
        amounts = self.items(value, path)
        for k, amount in enumerate(amounts):
            if type(amount) is not int or not 0 <= amount <= LARGEST:
                self.integer(amount, f"{path}[{k}]", 0)
        return amounts

    def items(self, value: object, path: str) -> list[Any]:
        """The value if it is a list; an empty one else."""
        if isinstance(value, list):
            return value
        self.wrong_type(value, path, LIST)
        return []

    def word(self, value: object, path: str) -> str:
        """The value if it is a text; an empty one else."""
        if isinstance(value, str):
            return value
        self.wrong_type(value, path, TEXT)
        return ""

    def entries(self, value: object, path: str) -> Json:
        """The value if it is a mapping, whatever its keys; an empty one else."""
        if type(value) is dict:
            return value
        if isinstance(value, Twins):
            self.wrong("duplicate-key", below(path, value.twin), Message("This key stands twice: keep one of them."))
            return value
        self.wrong_type(value, path, MAPPING)
        return {}

    def mapping(self, value: object, path: str, needed: set[str], more: set[str]) -> Json | None:
        """The value if it is a mapping with the keys needed and no others than `more`; None if it cannot be read on."""
        if not isinstance(value, dict):
            self.wrong_type(value, path, MAPPING)
            return None
        self.entries(value, path)
        for key in value.keys() - needed - more:
            self.wrong("unknown-key", below(path, key), unknown(key, needed | more, Message("This key is unknown")))
        missing = needed - value.keys()
        for key in sorted(missing):
            self.wrong("missing-key", below(path, key), Message("This key is missing."))
        return None if missing else value

    def nowhere(self, given: str, path: str, known: Iterable[str], what: Message) -> None:
        """Notes that a name stands for nothing, and what was probably meant."""
        near = known if len(self.problems) < _SOUGHT else ()
        self.wrong("unknown-id", path, unknown(given, near, what))


def below(path: str, key: str) -> str:
    """The place of a key in the mapping at `path`."""
    name = key if len(key) < _LONGEST and key.isprintable() else quoted(key)[1:-1]
    return f"{path}.{name}" if path else name


def given(value: object) -> object:
    """What was given, as an error repeats it: short, whatever it is."""
    if value is None:
        return Message("nothing")
    if isinstance(value, (dict, list)):
        return Message("a mapping") if isinstance(value, dict) else Message("a list")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 4 * _LONGEST:
        return Message("a number of more than {n} digits", {"n": _LONGEST})
    return quoted(value) if isinstance(value, str) else str(value)
