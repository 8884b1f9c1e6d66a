"""Sentences about entries and actions in the console, for its log and its first page."""

import json
from collections.abc import Mapping
from dataclasses import replace

from arshjul.actions.draft.draft import ANSWERS, Draft
from arshjul.errors import InputError, Message, Refused
from arshjul.planning.letters.year_log import year_log
from arshjul.store.audit import AuditLine
from arshjul.store.drafts import StoredEntry
from arshjul.store.events import EVENTS

_ANSWERS: Mapping[str, Message] = {
    "asked": Message("{party} was asked about {operation}."),
    "yes": Message("{party} said yes to {operation}."),
    "no": Message("{party} said no to {operation}."),
}


def entered(draft: Draft, one: StoredEntry) -> Message:
    """An entry in words, whether it waits or not."""
    body = json.loads(one.body)
    if one.list == ANSWERS:
        party = draft.scenario.parties.get(body["party"])
        values = {"party": body["party"] if party is None else party.name, "operation": body["operation"]}
        return replace(_ANSWERS[body["answer"]], values=values)
    try:
        return year_log(draft.ever_named(), draft.alone(one))[0].text
    except (InputError, Refused):
        about = body.get("operation") or body.get("id") or "-"
        return Message("An entry about {about}, which names what is there no more.", {"about": about})


def done(line: AuditLine) -> Message:
    """A line of the database's log, after the name of the person."""
    known = EVENTS.get(line.action)
    return Message("{id}", {"id": line.action}) if known is None else known.done
