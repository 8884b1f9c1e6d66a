"""The fields of a form by name, within limits; and a form as a page shows it, with what is wrong with it.

Problems are described in the words of the fields' labels, never in the keys of files. A page writes its fields first:
`ShownForm.called` remembers the label of each, and `ShownForm.said` describes problems with it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from urllib.parse import parse_qsl

from markupsafe import Markup
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.types import Message as ReceivedMessage

from arshjul.errors import InputError, Message, Problem, named
from arshjul.serving.guards import NotAllowed

MOST_BYTES, MOST_FILE_BYTES, MOST_FILES, MOST_FIELDS = 300_000, 5_500_000, 2, 2_000

MOST_OPEN_BYTES = 60_000  # the largest form of a visitor without a session: answers to more than a thousand questions
_NO_FORM = Message("Not a form of this page: go back, and send it again.")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form or a query, and its files. A field that is missing counts as empty."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    file_names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Form":
        fields: dict[str, list[str]] = {}
        for name, value in pairs:
            fields.setdefault(name, []).append(value)
        return cls({name: tuple(values) for name, values in fields.items()})

    @classmethod
    def read(cls, text: bytes) -> "Form":
        """The form of a query, or of a body written like one. InputError if it is too many fields, or no UTF-8."""
        try:
            pairs = parse_qsl(text.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
        except ValueError:
            raise InputError(_NO_FORM) from None
        return cls.of(pairs)

    def pairs(self, *without: str) -> tuple[tuple[str, str], ...]:
        return tuple((name, value) for name, values in self.fields.items() if name not in without for value in values)

    def file(self, name: str) -> bytes:
        return self.files.get(name, b"")

    def file_name(self, name: str) -> str:
        return self.file_names.get(name, "").replace("\\", "/").rpartition("/")[2]

    def text(self, name: str) -> str:
        values = self.fields.get(name, ())
        return values[0].strip() if values else ""

    def several(self, name: str) -> tuple[str, ...]:
        return tuple(value for value in self.fields.get(name, ()) if value.strip())

    def is_checked(self, name: str) -> bool:
        return name in self.fields

    def number(self, name: str) -> int | str | None:
        """A whole number; other text as it was written, for the schema to report; None if empty."""
        text = self.text(name)
        return whole_number(text) if text else None

    def row(self, name: str) -> int:
        """The number of the row whose button was pressed. InputError if no button of the page has that value."""
        number = self.number(name)
        if not isinstance(number, int):
            raise InputError(Message("There is no such page."))
        return number


_WHOLE = re.compile(r"-?[0-9]{1,15}")


def whole_number(text: str) -> int | str:
    return int(text) if _WHOLE.fullmatch(text) else text


class TooLarge(NotAllowed):
    """The form is larger than may be held."""

    def __init__(self) -> None:
        super().__init__(413, Message("Too much for a form of this page."))


async def read_form(request: Request, most: int, *, takes_file: bool) -> Form:
    """The form in a request. InputError if it cannot be read; TooLarge if it has more than `most` bytes."""
    size = 0

    async def receive() -> ReceivedMessage:
        nonlocal size
        message = await request.receive()
        size += len(message.get("body", b""))
        if size > most:
            raise TooLarge
        return message

    read = Request(request.scope, receive)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if takes_file and kind == "multipart/form-data":
        return await _with_files(read)
    body = await read.body()
    if body and kind != "application/x-www-form-urlencoded":
        raise InputError(_NO_FORM)
    return Form.read(body)


async def _with_files(request: Request) -> Form:
    parser = MultiPartParser(
        request.headers, request.stream(), max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES
    )
    parser.spool_max_size = MOST_FILE_BYTES  # in memory: files may contain sites, which must not be written to disk
    try:
        sent = await parser.parse()
    except (MultiPartException, ValueError):  # an older Starlette lets the parser's own errors through
        raise InputError(_NO_FORM) from None
    files = {name: value for name, value in sent.multi_items() if isinstance(value, UploadFile)}
    form = replace(
        Form.of((name, value) for name, value in sent.multi_items() if isinstance(value, str)),
        files={name: await file.read() for name, file in files.items()},
        file_names={name: file.filename or "" for name, file in files.items()},
    )
    await sent.close()
    return form


QUESTIONS = frozenset({"idle", "pinned-together", "secret-place"})  # the kinds of problems with what may be meant so


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """`field`: "" if it belongs to none. `is_question`: the value may be intended, and is accepted when confirmed."""

    field: str
    text: Message
    is_missing: bool = False
    is_question: bool = False


Problems = tuple[FieldProblem, ...]


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form as a page shows it, with the values of its fields. `name` makes its fields' ids unique on the page.

    `labels`: the labels of its fields that the page has written so far. `was`: the mark of what it takes the place of;
    None if that is not asked.
    """

    name: str
    form: Form
    is_open: bool = False
    problems: Problems = ()
    labels: dict[str, str] = field(default_factory=dict)
    was: str | None = None

    def id(self, field: str) -> str:
        return f"{self.name}-{field}" if self.name else field

    def called(self, field: str, label: str) -> str:
        """The label of the field, which is remembered."""
        self.labels.setdefault(field, label.partition(" (")[0])
        return label

    @property
    def wrong_id(self) -> str:
        """The beginning of the ids of shown problems, before the number of the problem."""
        return f"{self.id('wrong')}-"

    def described(self, field: str) -> Markup:
        """The attribute by which screen readers read out the problems of a field, or group of fields, with it."""
        places = enumerate(problem.field for problem in self.problems)
        ids = [f"{self.wrong_id}{n}" for n, place in places if f"{place}.".startswith(f"{field}.")]
        return Markup(' aria-describedby="{}"').format(" ".join(ids)) if ids else Markup()

    def wrong(self, field: str) -> Markup:
        """The attributes of a field with problems; empty if it has none."""
        described = self.described(field)
        return Markup(' aria-invalid="true"') + described if described else described

    def said(self, problem: FieldProblem) -> Message:
        """The problem in the words of the form; to be called when the fields are written."""
        label, text = self._label(problem.field), named(problem.text, self._label)
        if not label or text != problem.text:
            return text
        if problem.is_missing:
            return Message("{field} is missing: fill it in, or choose.", {"field": label})
        return Message("{field}: {text}", {"field": label, "text": text})

    def _label(self, field: str) -> str:
        """The label of the field, or of the group that it belongs to."""
        while field and field not in self.labels:
            field = field.rpartition(".")[0]
        return self.labels.get(field, "")

    @property
    def asks(self) -> bool:
        """True if there are problems, and all of them are questions."""
        return bool(self.problems) and all(problem.is_question for problem in self.problems)

    def text(self, field: str) -> str:
        return self.form.text(field)

    def has(self, field: str, value: str) -> bool:
        return value in self.form.fields.get(field, ())

    def rows(self, *fields: str, least: int = 1) -> list[tuple[str, ...]]:
        """The values of fields that form rows, at least the given number of rows."""
        sent = list(zip_longest(*(self.form.fields.get(field, ()) for field in fields), fillvalue=""))
        return sent + [("",) * len(fields)] * max(least - len(sent), 1)


def in_field(problem: Problem, name: str, id: str) -> FieldProblem:
    """The problem at the field of the form that it is about; a problem of another item names its id."""
    if problem.item not in ("", id):
        return FieldProblem("", Message("{field}: {text}", {"field": problem.item, "text": problem.text}))
    inside = re.match(rf"{name}\[\d+\]\.?(.*)", problem.path)
    place = "" if inside is None else re.sub(r"\[\d+\]", "", inside[1])
    return FieldProblem(place, problem.text, problem.kind == "missing-key", problem.kind in QUESTIONS)
