"""The errors that people are meant to see: each with its place, what was given, and a remedy.

Programming errors stay ValueError and TypeError. A shell maps the class to an exit code or an
HTTP status in one table (docs/formats.md#commands); nothing here knows a shell.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for people, not yet in anyone's language.

    `template` is the English text and the key of the catalogues, with `{name}` for values;
    `plural` is used where the value `n` is not 1. Values may be dates, numbers, words or
    other messages. `texts.Words.say` puts it into a language.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    plural: str | None = None

    def __str__(self) -> str:
        template = self.template if self.plural is None or self.values["n"] == 1 else self.plural
        return template.format(**self.values)


@dataclass(frozen=True, slots=True)
class KeyName:
    """A key as a message's value: as files write it, unless `named` gives it another word."""

    key: str

    def __str__(self) -> str:
        return f"`{self.key}`"


@dataclass(frozen=True, slots=True)
class FieldName:
    """A field as a message's value: in a sentence it has the words of its declaration, where it has some."""

    key: str

    def __str__(self) -> str:
        return self.key


def named(message: Message, names: Callable[[str], str]) -> Message:
    """The message with the words that a form has for keys; a key for which there is none, "", stays."""

    def said(value: object) -> object:
        match value:
            case KeyName():
                return f'"{name}"' if (name := names(value.key)) else value
            case Message():
                return named(value, names)
            case list():
                return [said(one) for one in value]
            case _:
                return value

    return replace(message, values={name: said(value) for name, value in message.values.items()})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in what a person wrote, and where.

    `path` is the place in the mapping ("operations[0].officers"), list positions counted from 0;
    `item` is the id that stands there, where there is one: nobody counts to operations[23].
    `kind` is one of a few words for programs (`wrong-type`, `unknown-id`, …). A text about a place
    inside `sites` never holds what was given there. In a workbook the place is a sheet and a cell ("C5"),
    and there is no line.
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
    """What a person can mend; every subclass says how."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class InputError(ArshjulError):
    """What was given is wrong: all its problems at once, and what is odd and may be their cause."""

    def __init__(self, message: Message, problems: Sequence[Problem] = (), warnings: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems, self.warnings = tuple(problems), tuple(warnings)


class NoAnswer(ArshjulError):
    """No answer within the limits; that is not the same as: there is none."""


class Refused(ArshjulError):
    """Understood, but not allowed now: a stale revision, a folder edited since, an answer of one who was not asked."""

    def __init__(self, message: Message, problems: Sequence[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class StorageError(ArshjulError):
    """The disk or the database would not: what was there before is intact."""


class FeedFault(ArshjulError):
    """A feed does not say what was meant: our fault, never published."""


class EngineFault(ArshjulError):
    """Two engines disagree, or a plan does not pass its own verifier: our fault, never published."""
