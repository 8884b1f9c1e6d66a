"""Withdrawals: those in force, and reports of the police: confirmed, extended, corrected or given back."""

import json
from dataclasses import dataclass
from datetime import date
from itertools import count

from arshjul.actions.draft.draft import Draft
from arshjul.agenda.cause import KINDS
from arshjul.console.access import CHANGING, READING, Page
from arshjul.console.answers import Answer, Html
from arshjul.console.entry_forms import EntryForm, Problems, ShownForm, shown, take
from arshjul.console.fields import kinds_of
from arshjul.console.forms import Form
from arshjul.console.visit import Visit
from arshjul.domain.entries.amendment import TeamsLost
from arshjul.domain.entries.entries import Entries
from arshjul.domain.withdrawal import GivenBack, Still, Withdrawal
from arshjul.errors import InputError, Message
from arshjul.formats.schema.entry import WrittenGivenBack, WrittenWithdrawal
from arshjul.planning.letters.year_log import year_log
from arshjul.planning.replan.entering import all_entered
from arshjul.texts import Words

WITHDRAWAL = EntryForm("withdrawals", kinds_of(WrittenWithdrawal, "id", "revision", "until"))
GIVEN_BACK = EntryForm("given_back", kinds_of(WrittenGivenBack, "id", "withdrawal", "revision"))
STILL = EntryForm("still")

PREFIX, PREFIX_BACK = "A", "T"
"""The beginnings of the ids that are made here, of withdrawals and of returns."""


@dataclass(frozen=True, slots=True)
class WithdrawalRow:
    """The last report of a withdrawal. `until`: its last date, known or assumed; `waits`: for a plan."""

    withdrawal: Withdrawal
    until: date
    waits: bool


def show_list(visit: Visit) -> Answer:
    """Withdrawals in force and future ones, those that are over, and the teams that agencies have lost."""
    draft = visit.draft
    entries, today = _entries(visit), draft.moment(visit.now).date()
    rows = _rows(draft, entries)
    lost = [one for one in entries.changes if isinstance(one, TeamsLost) and one.span.last >= today]
    values = {
        "draft": draft,
        "rows": [row for row in rows if row.until >= today],
        "over": [row for row in rows if row.until < today],
        "lost": [line.text for line in year_log(draft.named, Entries(changes=tuple(lost)))],
    }
    return Html("withdrawals.html", values)


def _entries(visit: Visit) -> Entries:
    """All entries so far, waiting ones included."""
    draft = visit.draft
    waiting, moment = draft.usable(visit.now)[0], draft.moment(visit.now)
    return waiting if draft.plan is None else all_entered(draft.named, draft.plan, waiting, moment)


def _rows(draft: Draft, entries: Entries) -> list[WithdrawalRow]:
    """The last report of each, by first date."""
    revision = 0 if draft.plan is None else draft.plan.revision
    rows = [
        WithdrawalRow(one, one.last or one.until or one.first, one.revision is None or one.revision > revision)
        for one in entries.in_force()
    ]
    return sorted(rows, key=lambda row: (row.withdrawal.first, row.withdrawal.id))


def show_new(visit: Visit) -> Answer:
    """The form of a new one, empty."""
    return _new(visit)


def take_new(visit: Visit) -> Answer:
    """Enters the withdrawal, and starts a solve; an unusable one comes back as typed."""
    item = _item(visit.form, _next(PREFIX, _known(visit, WITHDRAWAL.list)), visit.words)
    return take(visit, WITHDRAWAL.list, item, lambda problems, status: _new(visit, problems, status))


def _item(form: Form, id: str, words: Words) -> dict[str, object]:
    """The form as an entry of `withdrawals`."""
    item = WITHDRAWAL.item(form, id=id)
    if "cause" in item:
        item["cause"] = _cause(words, form.text("cause"))
    return item


def _cause(words: Words, given: str) -> str:
    """The id of a cause that has a word in every language; other text as it was written."""
    known = {words.say(text).casefold(): id for id, text in KINDS.items()}
    return known.get(given.casefold(), given)


def _known(visit: Visit, name: str) -> set[str]:
    """The ids in a list, waiting entries included, usable or not."""
    written = {json.loads(one.body).get("id") for one in visit.draft.waiting if one.list == name}
    return written | {one.id for one in getattr(_entries(visit), name)}


def _next(prefix: str, known: set[str]) -> str:
    return next(id for id in (f"{prefix}{number}" for number in count(1)) if id not in known)


def _new(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    form = visit.form if problems else Form({"from": (visit.draft.moment(visit.now).date().isoformat(),)})
    values = {"draft": visit.draft, "form": ShownForm("", form, problems=problems), "causes": list(KINDS.values())}
    return Html("withdrawal_new.html", values, status)


def show(visit: Visit) -> Answer:
    """One withdrawal: all that is known of it, and the reports that can be made now."""
    return _page(visit)


def say(visit: Visit) -> Answer:
    """Enters a report of the police: the withdrawal is extended, given back, or changed."""
    row = _row(visit, _entries(visit))
    form, id, instead = visit.form, row.withdrawal.id, None
    match form.text("ask"):
        case GIVEN_BACK.list:
            item = GIVEN_BACK.item(form, id=_next(PREFIX_BACK, _known(visit, GIVEN_BACK.list)), withdrawal=id)
        case STILL.list:
            item = STILL.item(form, withdrawal=id)
        case WITHDRAWAL.list:
            item = _item(form, id, visit.words)
            instead = _number(visit.draft, id) if row.waits else None
        case _:
            raise InputError(Message("There is no such page."))
    return take(visit, form.text("ask"), item, lambda problems, status: _page(visit, problems, status), instead=instead)


def _row(visit: Visit, entries: Entries) -> WithdrawalRow:
    found = [row for row in _rows(visit.draft, entries) if row.withdrawal.id == visit.path["withdrawal"]]
    if not found:
        raise InputError(Message("There is no such withdrawal."))
    return found[0]


def _number(draft: Draft, id: str) -> int | None:
    """The number of the waiting entry that reports the withdrawal; None if it is only in a proposal."""
    reports = (one for one in draft.waiting if one.list == WITHDRAWAL.list)
    return next((one.number for one in reports if [known.id for known in draft.alone(one).withdrawals] == [id]), None)


def _page(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    draft, entries = visit.draft, _entries(visit)
    row = _row(visit, entries)
    one = row.withdrawal
    written = WrittenWithdrawal.of(one).mapping()
    cause = visit.words.say(KINDS[one.cause]) if one.cause in KINDS else one.cause
    as_it_is = WITHDRAWAL.filled({**written, "cause": cause, "reported": None})
    whole = {"from": one.first.isoformat(), "to": row.until.isoformat()}
    values = {
        "draft": draft,
        "row": row,
        "cause": cause,
        "is_over": row.until < draft.moment(visit.now).date(),
        "log": [line for line in year_log(draft.named, entries) if _is_about(line.entry, one.id)],
        "report": shown(visit, WITHDRAWAL.list, as_it_is, problems),
        "back": shown(visit, GIVEN_BACK.list, GIVEN_BACK.filled(whole), problems),
        "problems": problems,
        "causes": list(KINDS.values()),
    }
    return Html("withdrawal.html", values, status)


def _is_about(entry: object, id: str) -> bool:
    if isinstance(entry, GivenBack | Still):
        return entry.withdrawal == id
    return isinstance(entry, Withdrawal) and entry.id == id


forms = (WITHDRAWAL, GIVEN_BACK, STILL)

pages = (
    Page("/withdrawals", "GET", "see-withdrawals", READING, show_list),
    Page("/withdrawals/new", "GET", "see-withdrawal-form", CHANGING, show_new),
    Page("/withdrawals/new", "POST", "enter-withdrawal", CHANGING, take_new),
    Page("/withdrawals/{withdrawal}", "GET", "see-withdrawal", READING, show),
    Page("/withdrawals/{withdrawal}", "POST", "say-of-withdrawal", CHANGING, say),
)
