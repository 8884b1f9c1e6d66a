"""The errors that are shown to people: each with its place, the given value, and a remedy.

Programming errors stay ValueError and TypeError. A shell maps the class to an exit code or an HTTP status in one table
(docs/commands.md#exit-codes); nothing here depends on a shell.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for people, not yet in any language.

    `template` is the English text and the key of the catalogues, with `{name}` for values; `plural` is used if the
    value `n` is not 1. Values may be dates, numbers, words or other messages. `texts.Words.say` puts it into a
    language.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    plural: str | None = None

    def __str__(self) -> str:
        template = self.template if self.plural is None or self.values["n"] == 1 else self.plural
        return template.format(**self.values)


@dataclass(frozen=True, slots=True)
class KeyName:
    """A key as a message's value: as files write it, unless `named` replaces it."""

    key: str

    def __str__(self) -> str:
        return f"`{self.key}`"


@dataclass(frozen=True, slots=True)
class FieldName:
    """A field as a message's value: in a sentence it has the words of its declaration, if there are any."""

    key: str

    def __str__(self) -> str:
        return self.key


def named(message: Message, names: Callable[[str], str]) -> Message:
    """The message with the words of a form for keys; a key without a word ("") stays."""

    def said(value: object) -> object:
        match value:
            case KeyName():
                return f'"{name}"' if (name := names(value.key)) else value
            case Message():
                return named(value, names)
            case list():
                return [said(part) for part in value]
            case _:
                return value

    return replace(message, values={name: said(value) for name, value in message.values.items()})


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem in a person's input, and its place.

    `path` is the place in the mapping ("operations[0].officers"), with list positions from 0; `item` is the id of the
    item there, if it has one, since nobody counts to operations[23]. `kind` is one of a few words for programs
    (`wrong-type`, `unknown-id`, …). A text about a place inside `sites` never contains the given value. In a workbook
    the place is a sheet and a cell ("C5"), and there is no line.
    """

    kind: str
    text: Message
    file: str = ""
    line: int | None = None
    path: str = ""
    item: str = ""
    sheet: str = ""
    cell: str = ""


class ArshjulError(Exception):
    """An error that a person can correct; every subclass says how."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class InputError(ArshjulError):
    """Wrong input: all its problems at once, and warnings that may explain them."""

    def __init__(self, message: Message, problems: Sequence[Problem] = (), warnings: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems, self.warnings = tuple(problems), tuple(warnings)


class NoAnswer(ArshjulError):
    """No answer within the limits, which does not mean that there is none."""


class Refused(ArshjulError):
    """Understood, but not allowed now: a stale revision, a changed folder, an answer of a party that was not asked."""

    def __init__(self, message: Message, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class StorageError(ArshjulError):
    """The disk or the database failed; the stored data is intact."""


class FeedFault(ArshjulError):
    """A feed does not say what it should: an internal error, never published."""


class EngineFault(ArshjulError):
    """Two engines disagree, or a plan does not pass the verifier: an internal error, never published."""


class Contradiction(EngineFault):
    """Engines contradict each other, or the arithmetic of a plan."""
