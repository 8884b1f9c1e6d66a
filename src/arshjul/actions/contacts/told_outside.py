"""What is written to parties is carried into the portal's database, where no site and no title ever stands."""

import json

from arshjul.actions.draft.draft import NOMINATED, Draft, Item
from arshjul.domain.business_traces import texts_in
from arshjul.errors import InputError, Message, Problem
from arshjul.planning.check.secret_places import SecretPlaces, secrets_of


def refuse_told_outside(draft: Draft, name: str, item: Item) -> None:
    """InputError for each text of the item, of the list of that name, that names a site or has an operation's title.

    Nobody can confirm it: a party's page would have it, and whoever takes the machine outside.
    """
    secrets = secret_outside(draft)
    said = Message("The text names an object or an operation's title, which parties may not read: rewrite it.")
    found = [
        Problem("bad-value", said, path=path) for path, text in texts_in(item, f"{name}[0]") if secrets.are_in(text)
    ]
    if found:
        raise InputError(Message("The entry cannot be used."), found)


def secret_outside(draft: Draft) -> SecretPlaces:
    """The sites and titles that no text outside may have, as far as the draft has them.

    Of the year as it is planned, with what was cancelled; as it is edited; as it is served; and of what waits.
    """
    known = [draft.ever_named(), draft.present, *(() if draft.served is None else (draft.served.scenario,))]
    waiting = [str(json.loads(one.body)["title"]) for one in draft.waiting if one.list == NOMINATED]
    return secrets_of(*known, titles=waiting)
