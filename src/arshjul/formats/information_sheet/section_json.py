"""A section as the text that is encrypted, and back: what it says, not where it stands."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from arshjul.domain.information_sheet.sections import Section

_CONTENT: TypeAdapter[Section] = TypeAdapter(Section)
STANDS = ("operation", "owner", "id", "version", "state", "salt")
"""What its row says of a section, and its ciphertext is bound to; and the salt, of which each version has its own."""


def to_content(section: Section) -> dict[str, Any]:
    """What it says."""
    return {key: value for key, value in _CONTENT.dump_python(section, mode="json").items() if key not in STANDS}


def from_content(content: Mapping[str, Any], stands: Mapping[str, object]) -> Section:
    """The section, from what `to_content` made, and where it stands."""
    return _CONTENT.validate_python({**content, **stands})
