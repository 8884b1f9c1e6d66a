"""A form's contents as a document, for people who know no sections."""

from collections.abc import Mapping
from dataclasses import dataclass

from arshjul.errors import Message
from arshjul.formats.tree import Document, nodes

FORM = "form"
"""The file name in errors for what a person has entered."""


@dataclass(slots=True)
class FormDocument(Document):
    """A document that came from a form."""

    @classmethod
    def of(cls, written: Mapping[str, object]) -> "FormDocument":
        """A document with these contents."""
        return cls(nodes(dict(written)), FORM)

    def no_such(self, given: str, section: str) -> Message:  # noqa: ARG002 - sections are what forms know nothing of
        """The message for a word that is no id of the expected kind, which the field says."""
        return Message("There is no {given}", {"given": given})
