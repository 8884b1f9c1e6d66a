"""What a party's entries say, in words."""

from collections.abc import Iterator

from arshjul.actions.parties.entries import SentEntry
from arshjul.agenda.cause import KINDS as CAUSES
from arshjul.domain.party_view import PartyView
from arshjul.formats.schema.party_entry import NOTE
from arshjul.serving.fields import prompt
from arshjul.texts import Words


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
