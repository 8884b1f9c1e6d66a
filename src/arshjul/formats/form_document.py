"""What a form gives, as a document: whoever filled it in knows no sections."""

from collections.abc import Mapping
from dataclasses import dataclass

from arshjul.errors import Message
from arshjul.formats.tree import Document, nodes

FORM = "form"
"""The name by which errors know what a person has entered."""


@dataclass(slots=True)
class FormDocument(Document):
    """A document that came from a form."""

    @classmethod
    def of(cls, written: Mapping[str, object]) -> "FormDocument":
        """The document that holds this."""
        return cls(nodes(dict(written)), FORM)

    def no_such(self, given: str, section: str) -> Message:  # noqa: ARG002 - sections are what forms know nothing of
        """That a word is no id of those that are meant there: the field says which."""
        return Message("There is no {given}", {"given": given})
