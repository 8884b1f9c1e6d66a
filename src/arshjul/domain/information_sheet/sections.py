"""A section that a party has written, and the sheet of one reader, which cannot hold what is not that reader's."""

import base64
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from arshjul.domain.information_sheet.declared import SECTIONS, By, SheetField, SheetSection

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
    """What `owner` has written in the section `id`. `to`: the parties that may read it besides; empty: nobody.

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
    """It was given by somebody who had entered a code: without one nobody gives it anew."""

    @property
    def declared(self) -> SheetSection:
        return SECTIONS[self.id]

    @property
    def unanswered(self) -> list[SheetField]:
        """What is required and has neither a value nor why it has none."""
        return [one for one in self.declared.required if one.key not in {**self.values, **self.why_not}]

    @property
    def recurring(self) -> dict[str, Value]:
        """What it says that, as a rule, its owner says of each operation."""
        recurs = {one.key for one in self.declared.fields if one.recurs}
        return {key: value for key, value in self.values.items() if key in recurs}

    @property
    def completeness(self) -> Completeness:
        answers = [self.why_not.get(one.key, "") for one in self.declared.required if one.key not in self.values]
        unknown, withheld = answers.count("unknown"), answers.count("withheld")
        n_open = len(answers) - unknown - withheld
        return Completeness(len(self.declared.required) - len(answers), unknown, withheld, n_open)

    def is_readable_by(self, party: str) -> bool:
        """True for its owner; of what was given, for those that it is given to."""
        return party == self.owner or (self.state != "draft" and party in self.to)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a party chose for a section when it last gave it, of that operation: what stands filled in next time."""

    operation: str
    to: tuple[str, ...]
    protects: str
    ground: str
    use: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReaderSheet:
    """What one reader may see of an operation's sheet. ValueError if a section in it is not that reader's.

    Printing and showing take this type alone, so no other's section can reach them. `is_whole`: False if something of
    the operation does not open, whoever it was for.
    """

    operation: str
    reader: str
    sections: tuple[Section, ...]
    is_whole: bool = True

    def __post_init__(self) -> None:
        if not all(one.operation == self.operation and one.is_readable_by(self.reader) for one in self.sections):
            raise ValueError("a section that is not this reader's")

    @property
    def mark(self) -> str:
        """What these versions for this reader are known by, which nobody can guess who cannot read them all."""
        made = [self.reader, *(f"{one.owner} {one.id} {one.version} {one.salt}" for one in self.sections)]
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
        for one in sorted(written, key=lambda one: one.version):
            if one.operation == operation and one.owner in parties and (one.state != "draft" or one.owner == reader):
                counts[one.owner, one.id, one.state == "addendum"] = one
    order = list(SECTIONS)
    readable = [one for one in counts.values() if one.opens and one.is_readable_by(reader)]
    in_order = sorted(readable, key=lambda one: (order.index(one.id), one.owner, one.version))
    return ReaderSheet(operation, reader, tuple(in_order), all(one.opens for one in counts.values()))


def sections_of(writes: Collection[By], more: Collection[str] = ()) -> tuple[SheetSection, ...]:
    """The sections that who is all of that writes; `more`: those that the year asks for besides A to F."""
    return tuple(one for one in SECTIONS.values() if one.by in writes and (one.id in more or not one.is_more))
