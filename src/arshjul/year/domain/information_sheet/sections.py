"""A section that a party has written, and the sheet of one reader, which cannot hold what is not that reader's.

Besides: what protects a section and on what ground it is given, and what is asked about before it is kept.
"""

import base64
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal, NamedTuple

from arshjul.errors import Message
from arshjul.year.domain.business_traces import NAMES, identity_numbers
from arshjul.year.domain.information_sheet.declared import SECTIONS, By, SheetField, SheetSection

MARK_LETTERS = 16
"""Each has five bits."""

Value = str | int | tuple[str, ...]
State = Literal["draft", "given", "addendum"]
"""An addendum is given after the due date, when what was given is frozen: it stands beside that."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """Of a section's required fields: how many have a value, how many say why they have none, how many are open."""

    n_answered: int
    n_unknown: int
    n_withheld: int
    n_open: int


@dataclass(frozen=True, slots=True)
class Section:
    """The text of `owner` in the section `id`. `to`: the parties that may read it besides; empty: nobody.

    `why_not`: of fields without a value, `unknown` or `withheld`. `protects` and `ground`: ids of the town's lists.
    `opens`: False if no key opens it, so that nobody reads it. `salt`: a secret of this version, so that no hash of
    what stands here can be found by guessing it.
    """

    operation: str
    owner: str
    id: str
    version: int
    state: State
    values: Mapping[str, Value] = field(default_factory=dict)
    why_not: Mapping[str, str] = field(default_factory=dict)
    to: tuple[str, ...] = ()
    protects: str = ""
    ground: str = ""
    weighed: str = ""
    use: tuple[str, ...] = ("planning",)
    opens: bool = True
    salt: str = ""
    with_code: bool = False
    """True if it was given by somebody who had entered a code: without one nobody gives it anew."""

    @property
    def declared(self) -> SheetSection:
        return SECTIONS[self.id]

    @property
    def unanswered(self) -> list[SheetField]:
        """Required fields without a value and without a reason."""
        return [
            sheet_field
            for sheet_field in self.declared.required
            if sheet_field.key not in {**self.values, **self.why_not}
        ]

    @property
    def recurring(self) -> dict[str, Value]:
        """Values that its owner, as a rule, gives for each operation."""
        recurs = {field.key for field in self.declared.fields if field.recurs}
        return {key: value for key, value in self.values.items() if key in recurs}

    @property
    def completeness(self) -> Completeness:
        answers = [
            self.why_not.get(sheet_field.key, "")
            for sheet_field in self.declared.required
            if sheet_field.key not in self.values
        ]
        unknown, withheld = answers.count("unknown"), answers.count("withheld")
        n_open = len(answers) - unknown - withheld
        return Completeness(len(self.declared.required) - len(answers), unknown, withheld, n_open)

    def is_readable_by(self, party: str) -> bool:
        """True for its owner; of what was given, for those that it is given to."""
        return party == self.owner or (self.state != "draft" and party in self.to)


@dataclass(frozen=True, slots=True)
class Choices:
    """A party's last choices for a section of that operation, filled in next time."""

    operation: str
    to: tuple[str, ...]
    protects: str
    ground: str
    use: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReaderSheet:
    """One reader's part of an operation's sheet. ValueError if a section in it is not that reader's.

    Printing and showing take this type alone, so no other's section can reach them. `is_whole`: False if something of
    the operation does not open, whoever it was for.
    """

    operation: str
    reader: str
    sections: tuple[Section, ...]
    is_whole: bool = True

    def __post_init__(self) -> None:
        if not all(
            section.operation == self.operation and section.is_readable_by(self.reader) for section in self.sections
        ):
            raise ValueError("a section that is not this reader's")

    @property
    def mark(self) -> str:
        """A mark of these versions for this reader; only a reader of them all can know it."""
        made = [
            self.reader,
            *(f"{section.owner} {section.id} {section.version} {section.salt}" for section in self.sections),
        ]
        letters = base64.b32encode(sha256("\n".join(made).encode()).digest()).decode()
        return "-".join(letters[at : at + 4] for at in range(0, MARK_LETTERS, 4))


def sheet_of(operation: str, reader: str, taking_part: Iterable[str], written: Iterable[Section]) -> ReaderSheet:
    """The reader's sheet: of each section the version that counts for the reader, and the last addendum.

    `taking_part`: the parties of the operation now. Who has left it reads nothing, and what it wrote is read no more.
    A later version with fewer readers counts too: it takes the section from those that it does not name; and one that
    does not open, for which no older one stands in.
    """
    parties, counts = frozenset(taking_part), dict[tuple[str, str, bool], Section]()
    if reader in parties:
        for section in sorted(written, key=lambda section: section.version):
            if (
                section.operation == operation
                and section.owner in parties
                and (section.state != "draft" or section.owner == reader)
            ):
                counts[section.owner, section.id, section.state == "addendum"] = section
    order = list(SECTIONS)
    readable = [count for count in counts.values() if count.opens and count.is_readable_by(reader)]
    in_order = sorted(readable, key=lambda one: (order.index(one.id), one.owner, one.version))
    return ReaderSheet(operation, reader, tuple(in_order), all(count.opens for count in counts.values()))


def sections_of(writes: Collection[By], more: Collection[str] = ()) -> tuple[SheetSection, ...]:
    """The sections that who is all of that writes; `more`: those that the year asks for besides A to F."""
    return tuple(
        section for section in SECTIONS.values() if section.by in writes and (section.id in more or not section.is_more)
    )


_TRACES = (
    (
        re.compile(r"(?<![\d-])(?:\+46|0)[ -]?[1-9]\d{0,2}[ -/]{0,3}\d{2,3}(?:[ -]?\d{2,3}){1,2}(?!\d)"),
        Message("a telephone number"),
    ),
    (
        re.compile(r"(?i)\b(?:dnr|diarienr|diarienummer|ärendenr|ärende)\b|\b[A-ZÅÄÖ]{0,4}[- ]?20\d{2}[-/:]\d{3,}\b"),
        Message("a case number"),
    ),
)


MUCH = 1000
"""Characters of a text; what is longer is asked about."""

LONG_WORD = re.compile(r"[^\s/-]{50,}")


def doubts(section: Section) -> Iterator[tuple[str, Message]]:
    """A question for each field that seems to hold such a number, or says more than usual."""
    for declared in section.declared.fields:
        value = section.values.get(declared.key)
        if isinstance(value, int) and value > declared.doubtful:
            yield declared.key, Message("{n} is much more than usual: is it right?", {"n": value})
        elif isinstance(value, str):
            yield from ((declared.key, text) for text in _of_text(value, has_telephones=declared.key == "call"))


def _of_text(text: str, *, has_telephones: bool) -> Iterator[Message]:
    """Functions to call are to have telephone numbers."""
    if not has_telephones and (there := list(_numbers_in(text))):
        yield Message("This seems to hold {what}: do all readers need it?", {"what": there})
    if len(text) > MUCH:
        yield Message("The text has {n} characters: do all readers need all of it?", {"n": len(text)})
    if (word := LONG_WORD.search(text)) is not None:
        yield Message("“{word}…” is one long word: is it right?", {"word": word[0][:20]})


def _numbers_in(text: str) -> Iterator[Message]:
    """Each with what it seems to be, in order; where two of them share letters, as the first kind."""
    found = dict[range, Message]()
    there = [(NAMES[kind], match) for kind, match in identity_numbers(text)]
    there += [(what, match) for pattern, what in _TRACES for match in pattern.finditer(text)]
    for what, match in there:
        place = range(*match.span())
        if not any(place.start < other.stop and other.start < place.stop for other in found):
            found[place] = Message("{what} ({text})", {"what": what, "text": match[0]})
    yield from (found[place] for place in sorted(found, key=lambda place: place.start))


_WRITTEN = re.compile(r"([1-9]\d?) ?kap\.? ?\d{1,3} ?[a-z]? ?§[^\n]{0,40}")
"""A provision that is not listed: 30 kap. 20 § OSL."""


@dataclass(frozen=True, slots=True)
class Protection:
    """A provision of the secrecy law. `text`: the sentence that the form shows."""

    id: str
    name: str
    chapter: int
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """The chapters, from the first to the last, that a ground does not lift, and why in words."""

    first: int
    last: int
    because: str


@dataclass(frozen=True, slots=True)
class Ground:
    """A ground on which something protected may be given."""

    id: str
    name: str
    text: str
    refuses: tuple[Refusal, ...] = ()


class RefusedPair(NamedTuple):
    """A ground that cannot be used for a protection, and why in words. `others`: those that can."""

    protection: Protection
    ground: Ground
    because: str
    others: tuple[Ground, ...]


@dataclass(frozen=True, slots=True)
class Grounds:
    """The town's lists, by id; empty where it has none, and then nothing protected can be given."""

    protections: Mapping[str, Protection] = field(default_factory=dict)
    grounds: Mapping[str, Ground] = field(default_factory=dict)

    def protection(self, protects: str) -> Protection | None:
        """The provision of that id, or the one that is written out, with its chapter; None if it is neither."""
        written = _WRITTEN.fullmatch(protects)
        made = None if written is None else Protection(protects, protects, int(written[1]), "")
        return self.protections.get(protects, made)

    def refusal(self, protects: str, ground: str) -> str | None:
        """Why what is so protected cannot be given on that ground; None if it can."""
        known = self.protection(protects)
        refusals = (
            refuse for refuse in self.grounds[ground].refuses if known and refuse.first <= known.chapter <= refuse.last
        )
        return next((refusal.because for refusal in refusals), None)

    def possible(self, protects: str) -> tuple[Ground, ...]:
        return tuple(ground for ground in self.grounds.values() if self.refusal(protects, ground.id) is None)

    @property
    def refused(self) -> Iterator[RefusedPair]:
        for protection in self.protections.values():
            said = {id: self.refusal(protection.id, id) for id in self.grounds}
            others = self.possible(protection.id)
            for id, because in said.items():
                if because is not None:
                    yield RefusedPair(protection, self.grounds[id], because, others)
