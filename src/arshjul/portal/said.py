"""What a party's entries say, and what became of them, in words."""

from collections.abc import Iterator

from arshjul.actions.parties.entries import SentEntry
from arshjul.agenda.cause import KINDS as CAUSES
from arshjul.domain.party_view import PartyView
from arshjul.errors import Message
from arshjul.formats.schema.party_entry import NOTE
from arshjul.serving.fields import prompt
from arshjul.texts import Words

STATES = {
    "sent": Message("sent; not fetched by the coordinator yet"),
    "waits": Message("with the coordinator, who has not decided yet"),
    "taken": Message("entered in the year by the coordinator, who looks for a way out"),
    "published": Message("answered: the plan that is published takes it in"),
    "taken-back": Message("taken back by the coordinator: call if that is wrong"),
    "aside": Message("put aside by the coordinator: call if that is wrong"),
    "refused": Message("not taken in: call the coordinator"),
}
"""What became of an entry, by its state."""

TITLES = {
    "report": Message("Officers withdrawn"),
    "given-back": Message("Officers given back"),
    "still": Message("A withdrawal goes on"),
    "teams": Message("Teams that fall away"),
}
"""By kind."""

FIRST_OF_ID = 8


def reference(sent: SentEntry) -> str:
    """The number by which people can speak of it."""
    return sent.row.id[:FIRST_OF_ID].upper()


def lines_of(sent: SentEntry, view: PartyView, words: Words) -> Iterator[tuple[str, str]]:
    """What it says: the label and the value of each field."""
    names = {one.id: one.name for one in view.shifts}
    for key, value in sent.body.items():
        label = words("Note to the coordinator") if key == NOTE else words.say(prompt(f"{sent.kind.list}.{key}"))
        if isinstance(value, list):
            said = ", ".join(names.get(one, str(one)) for one in value)
        elif isinstance(value, bool):
            said = words("yes")
        elif key == "cause":
            said = words.say(CAUSES[str(value)]) if value in CAUSES else str(value)
        else:
            said = str(value)
        yield label.partition(" (")[0], said
