"""A party's view as text and back: the same text for the same view."""

from pydantic import TypeAdapter

import arshjul.year.formats.words  # noqa: F401 - how days and weeks are written, before the adapter is made
from arshjul.year.domain.party_view import PartyView

_VIEW: TypeAdapter[PartyView] = TypeAdapter(PartyView)


def to_text(view: PartyView) -> str:
    return _VIEW.dump_json(view).decode()


def from_text(text: str) -> PartyView:
    return _VIEW.validate_json(text, context={"json": True})
