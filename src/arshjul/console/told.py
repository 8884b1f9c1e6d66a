"""Sentences about what was entered and done in the console, for its log and its first page."""

import json
from collections.abc import Mapping
from dataclasses import replace

from arshjul.actions.draft.draft import ANSWERS, Draft
from arshjul.errors import InputError, Message, Refused
from arshjul.planning.letters.year_log import year_log
from arshjul.store import audit
from arshjul.store.audit import AuditLine
from arshjul.store.drafts import StoredEntry

_ANSWERS: Mapping[str, Message] = {
    "asked": Message("{party} was asked about {operation}."),
    "yes": Message("{party} said yes to {operation}."),
    "no": Message("{party} said no to {operation}."),
}
_DONE: Mapping[str, Message] = {
    "sign-in": Message("came in"),
    "sign-out": Message("went out"),
    "invite": Message("made a link into the console"),
    "import": Message("put the year into the database"),
    "edit": Message("took a workbook over"),
    "take-back-edit": Message("took back what was edited"),
    "edit-operation": Message("edited an operation"),
    "add-object": Message("added an object"),
    "choose": Message("chose an option"),
    "start-over": Message("started over from what is published"),
    "clock": Message("set the rehearsal's clock"),
    "publish": Message("published the year"),
    "refresh": Message("rendered the calendars anew"),
    "ask": Message("handed out an address to answer at"),
    "post": Message("sent a message"),
    "call": Message("called a party, and told it what has changed"),
    "take-out": Message("took a message out of the outbox"),
    "subscribe": Message("handed out a calendar's address"),
    "rotate": Message("changed a calendar's address"),
    "reissue": Message("handed out a calendar's address anew"),
    "unsubscribe": Message("revoked a calendar's address"),
    "purge-sites": Message("removed sites"),
    "encrypt-sites": Message("encrypted sites"),
    "forget-sites": Message("took sites that lay in clear out of the database's files"),
    audit.MEND: Message("said that the clock is right"),
    audit.RESTORE: Message("put a backup back"),
    audit.REHEARSAL: Message("began a rehearsal"),
}


def entered(draft: Draft, one: StoredEntry) -> Message:
    """An entry in a sentence, whether it waits or not."""
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
    """A line of the database's own log, after the name of who it was."""
    return _DONE.get(line.action, Message("{id}", {"id": line.action}))
