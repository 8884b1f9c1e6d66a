"""The fields of a form by name, each with all its values, within limits."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.types import Message as ReceivedMessage

from arshjul.errors import InputError, Message
from arshjul.serving.guards import NotAllowed

MOST_BYTES, MOST_FILE_BYTES, MOST_FILES, MOST_FIELDS = 300_000, 5_500_000, 2, 2_000

MOST_OPEN_BYTES = 60_000
"""The largest form of a visitor without a session: answers to more than a thousand questions."""

_NO_FORM = Message("Not a form of this page: go back, and send it again.")


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form or a query, and its files. A field that is missing counts as empty."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    file_names: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Form":
        """The form of those fields, each with one value, in the order of the pairs."""
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
        """Every field with each of its values, without those of that name."""
        return tuple((name, one) for name, values in self.fields.items() if name not in without for one in values)

    def file(self, name: str) -> bytes:
        return self.files.get(name, b"")

    def file_name(self, name: str) -> str:
        """The name of the field's file; empty if none was chosen."""
        return self.file_names.get(name, "").replace("\\", "/").rpartition("/")[2]

    def text(self, name: str) -> str:
        """The value of the field, without spaces around it."""
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
