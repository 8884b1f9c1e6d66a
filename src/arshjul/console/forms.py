"""The fields of a form by name, each with all its values, within bounds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from arshjul.errors import InputError, Message

MOST_BYTES, MOST_FIELDS = 300_000, 2_000


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, or of an address. What is not there is empty."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The field's value, without spaces around it."""
        values = self.fields.get(name, ())
        return values[0].strip() if values else ""

    def several(self, name: str) -> tuple[str, ...]:
        """All values of a field that are not empty."""
        return tuple(value for value in self.fields.get(name, ()) if value.strip())

    def is_checked(self, name: str) -> bool:
        """True if a box was ticked."""
        return name in self.fields

    def number(self, name: str) -> int | str | None:
        """A whole number; what is none, as it was written, for whoever judges it to show; None where it is empty."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else (text or None)


def read_form(text: str) -> Form:
    """The form that was sent so. InputError where it has too many fields, or is none."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise InputError(Message("What was sent is no form of this page: go back, and send it again.")) from None
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        fields[name] = (*fields.get(name, ()), value)
    return Form(fields)
