"""Notations between a cell's contents and its meaning: one for each kind of value, read and written.

Reading turns a cell into the plain data that the schemas take, or says what belongs there. Writing turns that data into
a cell's contents, which are read as the same data.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import ClassVar, Literal

from arshjul.errors import Message
from arshjul.year.domain.calendar import Span
from arshjul.year.formats.words import meant, nearest, quoted
from arshjul.year.formats.workbook.book import BookCell
from arshjul.year.formats.workbook.dates import Unreadable
from arshjul.year.formats.workbook.lexicon import Lexicon

Language = Literal["sv", "en"]
Written = str | float | date | datetime | None
"""A value for a cell. Texts are never formulas."""

_LONG_NUMBER = 7  # digits: shorter ones are called without 0
NOTHING = "-"
"""Marks an empty list, since an empty cell would mean: all."""
_NONE = (NOTHING, "–", "—")
_SPLIT = re.compile(r"[,;\n\r]+")
_SPACE = re.compile(r"[\s\u00a0\u202f\u2009]+")
_OR = re.compile(r"\s+(?:eller|or)\s+|\s*[/|]\s*", re.IGNORECASE)
_BETWEEN = re.compile(r"(\d{1,7})(?:\s*(?:[-–—]|till|to)\s*(\d{1,7}))?", re.ASCII)
_COUNT = re.compile(r"(.*?)[\s:=]+(\d+)")

YES = frozenset({"ja", "j", "x", "1", "yes", "y", "true", "sant", "✓", "✔"})
NO = frozenset({"nej", "n", "0", "no", "false", "falskt", "-"})


@dataclass(slots=True)
class BookContext:
    """`year` is the plan's; `named`: every id is written as its name, for people to read."""

    lexicon: Lexicon = field(default_factory=Lexicon)
    year: Span | None = None
    language: Language = "sv"
    named: bool = False

    def word(self, section: str, id: str, *, named: bool = False) -> str:
        """The id, or if `named` a name that is read back; operations are always written by id."""
        if self.named and section != "operations":
            return self.lexicon.name(section, id) or id
        return self.lexicon.word(section, id) if named else id


class Notation:
    """`width` is a column's, `form` its cells' format, `words` the choices, `section` the one whose ids it names."""

    width: float = 14
    section: str = ""
    form: Literal["text", "whole", "date", "moment", "clock", "centre", "wrap"] = "text"

    def read(self, cell: BookCell, context: BookContext) -> object:
        """The plain data. Unreadable if the cell holds none."""
        raise NotImplementedError

    def write(self, value: object, context: BookContext) -> Written:
        raise NotImplementedError

    def words(self, language: Language) -> Sequence[str]:
        return ()


def trimmed(cell: BookCell) -> str:
    return cell.shown.strip()


def refuse_date(cell: BookCell) -> None:
    if cell.kind in {"date", "time"}:
        values = {"given": cell.shown}
        text = Message("{given} is a date or clock time: format the cell as text and write it again.", values)
        raise Unreadable("wrong-type", text)


class FreeText(Notation):
    width = 34
    form = "wrap"

    def read(self, cell: BookCell, context: BookContext) -> str:
        """Numbers and dates as they are shown."""
        return cell.value if isinstance(cell.value, str) else cell.shown

    def write(self, value: object, context: BookContext) -> str:
        return str(value)


class Name(FreeText):
    def read(self, cell: BookCell, context: BookContext) -> str:
        return trimmed(cell)


class PhoneNumber(Name):
    @staticmethod
    def has_lost_its_0(cell: BookCell) -> bool:
        """True of a number, whose first 0 or + is gone, unless it is a short one like 11414."""
        return cell.kind == "number" and len(cell.shown) >= _LONG_NUMBER


class Id(Notation):
    def read(self, cell: BookCell, context: BookContext) -> str:
        refuse_date(cell)
        return trimmed(cell)

    def write(self, value: object, context: BookContext) -> str:
        return str(value)


@dataclass(frozen=True, slots=True)
class Ref(Notation):
    """An id of a section, or the name that stands for it. `named`: it is written as its name."""

    section: str
    named: bool = True
    width: float = 19
    form: Literal["text"] = "text"

    def read(self, cell: BookCell, context: BookContext) -> str:
        refuse_date(cell)
        text = trimmed(cell)
        parts = split(text)
        lexicon = context.lexicon
        if len(parts) > 1 and not lexicon.knows(self.section, text) and lexicon.knows(self.section, parts[0]):
            values = {"given": quoted(text), "first": quoted(parts[0])}
            raise Unreadable("bad-value", Message("{given} are several: write one, like {first}.", values))
        return lexicon.id(self.section, text)

    def write(self, value: object, context: BookContext) -> str:
        return context.word(self.section, str(value), named=self.named)


@dataclass(frozen=True, slots=True)
class Refs(Notation):
    """Ids of a section or their names, separated by commas: `Dag, Kväll`. `every`: a word may stand for all of them.

    `groups`: further words that may stand there, each in Swedish and English.
    """

    section: str
    named: bool = True
    every: bool = False
    groups: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    width: float = 18
    form: Literal["text"] = "text"

    def read(self, cell: BookCell, context: BookContext) -> object:
        refuse_date(cell)
        text = trimmed(cell)
        if self.every and text.casefold() in {"alla", "all"}:
            return "all"
        if context.lexicon.knows(self.section, text):
            return [context.lexicon.id(self.section, text)]
        said = {word: id for id, words in self.groups.items() for word in words}
        return [said.get(part.casefold()) or context.lexicon.id(self.section, part) for part in split(text)]

    def write(self, value: object, context: BookContext) -> str:
        if value == "all":
            return ("alla", "all")[context.language == "en"]
        said = {id: words[context.language == "en"] for id, words in self.groups.items()}
        words = [said.get(str(id)) or context.word(self.section, str(id), named=self.named) for id in listed(value)]
        return ", ".join(words) or NOTHING


def split(text: str) -> list[str]:
    return [] if text in _NONE else [part for part in map(str.strip, _SPLIT.split(text)) if part]


def listed(value: object) -> Iterable[object]:
    return value if isinstance(value, (list, tuple)) else [value]


class Whole(Notation):
    width = 9
    form = "whole"

    def read(self, cell: BookCell, context: BookContext) -> int:
        if cell.kind in {"date", "time"}:
            values = {"given": cell.shown}
            text = Message("{given} is a date: format the cell as a number and write it again.", values)
            raise Unreadable("wrong-type", text)
        if isinstance(cell.value, float) and cell.value.is_integer() and abs(cell.value) < 1e15:
            return int(cell.value)
        digits = _SPACE.sub("", trimmed(cell))
        if cell.kind != "text" or not re.fullmatch(r"[-+]?\d{1,15}([.,]0{1,2})?", digits, re.ASCII):
            raise Unreadable("wrong-type", Message("{given} is not a whole number: write it like 3."), cell.shown)
        return int(re.split("[.,]", digits)[0])

    def write(self, value: object, context: BookContext) -> float:
        return float(str(value))


class Priority(Whole):
    """A priority: 1 to 3, or in words."""

    _SAID: ClassVar[Mapping[str, int]] = {
        **dict.fromkeys(("hög", "högt", "hog", "high"), 1),
        **dict.fromkeys(("normal", "mellan", "medel", "medium"), 2),
        **dict.fromkeys(("låg", "lågt", "lag", "low"), 3),
    }
    _BESIDE = frozenset({"prio", "prioritet", "priority"})

    def read(self, cell: BookCell, context: BookContext) -> int:
        """The number; `hög`, `1 hög`, `1 - hög` and `prio 1` are 1."""
        if cell.kind != "text" or not re.search(r"[^\W\d_]", cell.shown):
            return super().read(cell, context)
        words = [word for word in re.findall(r"\w+", trimmed(cell).casefold()) if word not in self._BESIDE]
        meant = {self._SAID.get(word, int(word) if word in {"1", "2", "3"} else 0) for word in words}
        if len(meant) == 1 and (number := meant.pop()):
            return number
        raise Unreadable("wrong-type", Message("{given} is not a priority: write 1 (high), 2 or 3 (low)."), cell.shown)


class Flag(Notation):
    width = 9
    form = "centre"

    def read(self, cell: BookCell, context: BookContext) -> bool:
        word = trimmed(cell).casefold()
        if word in YES:
            return True
        if word in NO:
            return False
        raise Unreadable("wrong-type", Message("{given} is not yes or no: write yes, or empty the cell."), cell.shown)

    def write(self, value: object, context: BookContext) -> str | None:
        return self.words(context.language)[0] if value else None

    def words(self, language: Language) -> Sequence[str]:
        return ("yes", "no") if language == "en" else ("ja", "nej")


class Decision(Flag):
    """Yes or no, both written; an empty cell leaves it undecided."""

    def write(self, value: object, context: BookContext) -> str:
        return self.words(context.language)[not value]


@dataclass(frozen=True, slots=True)
class OneOf(Notation):
    """One of some words, in Swedish or English, with other words in the schema."""

    meanings: Mapping[str, tuple[str, ...]]
    width: float = 13
    form: Literal["text"] = "text"

    def read(self, cell: BookCell, context: BookContext) -> str:
        word = trimmed(cell)
        if (id := self._meant(word)) is not None:
            return id
        known = self.words(context.language)
        what = Message("{given} is none of {words}", {"given": quoted(word), "words": ", ".join(known)})
        raise Unreadable("bad-value", meant(what, nearest(word, known)))

    def knows(self, word: str) -> bool:
        return self._meant(word) is not None

    def _meant(self, word: str) -> str | None:
        plain = word.casefold()
        return next((id for id, words in self.meanings.items() if plain in {id, *map(str.casefold, words)}), None)

    def write(self, value: object, context: BookContext) -> str:
        return self.meanings[str(value)][context.language == "en"] if str(value) in self.meanings else str(value)

    def words(self, language: Language) -> Sequence[str]:
        return [words[language == "en"] for words in self.meanings.values()]


@dataclass(frozen=True, slots=True)
class SomeOf(Notation):
    """Several of some words, separated by semicolons or line breaks: the words may have commas in them."""

    one: OneOf
    width: float = 34
    form: Literal["text"] = "text"

    def read(self, cell: BookCell, context: BookContext) -> list[str]:
        parts = [part for part in map(str.strip, re.split(r"[;\n\r]+", trimmed(cell))) if part not in ("", *_NONE)]
        return [self.one.read(replace(cell, shown=part), context) for part in parts]

    def write(self, value: object, context: BookContext) -> str:
        return "; ".join(self.one.write(id, context) for id in listed(value)) or NOTHING


class AgencyGroups(Notation):
    """Groups of agencies of which one takes part: `miljo eller tillstand 2; a eller b`, each with its teams."""

    width = 26
    form = "wrap"

    def read(self, cell: BookCell, context: BookContext) -> list[object]:
        refuse_date(cell)
        groups: list[object] = []
        for part in split(trimmed(cell)):
            pair = _COUNT.fullmatch(part)
            words, teams = (pair[1], int(pair[2])) if pair else (part, 1)
            ids = [context.lexicon.id("agencies", word.strip()) for word in _OR.split(words)]
            groups.append({"agencies": ids, "teams": teams})
        return groups

    def write(self, value: object, context: BookContext) -> str | None:
        either = {"sv": " eller ", "en": " or "}[context.language]
        groups = [group for group in listed(value) if isinstance(group, Mapping)]
        written = [
            either.join(context.word("agencies", str(id)) for id in group["agencies"])
            + (f" {n}" if (n := group.get("teams", 1)) != 1 else "")
            for group in groups
        ]
        return "; ".join(written) or None


class FewestAndMost(Notation):
    """Two whole numbers, the fewest and the most: `28–42`."""

    width = 12
    form = "centre"

    def read(self, cell: BookCell, context: BookContext) -> list[int]:
        """Both; a single number means both."""
        refuse_date(cell)
        match = _BETWEEN.fullmatch(trimmed(cell))
        if match is None:
            raise Unreadable(
                "wrong-type", Message("{given} is not a pair of whole numbers: write it like 28–42."), cell.shown
            )
        return [int(match[1]), int(match[2] or match[1])]

    def write(self, value: object, context: BookContext) -> str:
        return "–".join(map(str, listed(value)))


@dataclass(frozen=True, slots=True)
class CountsById(Notation):
    """Numbers by id: `miljo 3, skatteverket 2`."""

    section: str = ""
    width: float = 26
    form: Literal["text"] = "text"

    def read(self, cell: BookCell, context: BookContext) -> dict[str, int]:
        refuse_date(cell)
        found: dict[str, int] = {}
        for part in split(trimmed(cell)):
            pair = _COUNT.fullmatch(part)
            if pair is None:
                raise Unreadable("bad-value", Message("{given} has no number: write it like miljo 2."), part)
            id = context.lexicon.id(self.section, pair[1].strip())
            if id in found:
                raise Unreadable("duplicate-key", Message("{given} stands twice: keep one."), id)
            found[id] = int(pair[2])
        return found

    def write(self, value: object, context: BookContext) -> str | None:
        if not isinstance(value, Mapping):
            return None
        return ", ".join(f"{context.word(self.section, id)} {n}" for id, n in value.items()) or None
