"""A party's view as text and back: the same text for the same view."""

from pydantic import TypeAdapter

from arshjul.domain.party_view import PartyView

_VIEW: TypeAdapter[PartyView] = TypeAdapter(PartyView)


def to_text(view: PartyView) -> str:
    return _VIEW.dump_json(view).decode()


def from_text(text: str) -> PartyView:
    return _VIEW.validate_json(text, context={"json": True})
