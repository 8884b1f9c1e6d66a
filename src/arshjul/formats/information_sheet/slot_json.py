"""A party's slot of hidden sections as the text that is encrypted, and back."""

from pydantic import TypeAdapter

from arshjul.domain.information_sheet.hidden import HiddenSlot

_SLOT: TypeAdapter[HiddenSlot] = TypeAdapter(HiddenSlot)


def to_text(slot: HiddenSlot) -> bytes:
    """The text."""
    return _SLOT.dump_json(slot)


def from_text(text: bytes) -> HiddenSlot:
    """The slot, from what `to_text` made."""
    return _SLOT.validate_json(text)
