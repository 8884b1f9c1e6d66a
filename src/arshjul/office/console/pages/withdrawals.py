"""Withdrawals in force, and reports of the police: confirmed, extended, corrected, given back. Teams that were lost."""

from functools import partial

from arshjul.errors import InputError, Message
from arshjul.office.console.entry_forms import NEVER_ASKED, EntryForm, shown, take
from arshjul.office.console.visit import CHANGING, READING, Page, Visit
from arshjul.office.draft.enter import entries_known, next_id, reported, reported_one
from arshjul.serving.fields import kinds_of
from arshjul.serving.forms import Form, Problems, ShownForm
from arshjul.serving.pages import Answer, Html
from arshjul.year.agenda.cause import KINDS
from arshjul.year.domain.entries.amendment import TeamsLost
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.withdrawal import GivenBack, Still, Withdrawal
from arshjul.year.formats.schema.declared import mapping, shape
from arshjul.year.planning.letters.year_log import year_log
from arshjul.year.texts import Words

WITHDRAWAL = EntryForm("withdrawals", kinds_of(shape(Withdrawal), "id"))
GIVEN_BACK = EntryForm("given_back", kinds_of(shape(GivenBack), "id", "withdrawal"))
STILL = EntryForm("still")


def show_list(visit: Visit) -> Answer:
    draft = visit.draft
    entries, today = entries_known(draft, visit.now), draft.moment(visit.now).date()
    rows = reported(draft, entries)
    lost = [
        teams_lost
        for teams_lost in entries.decided()
        if isinstance(teams_lost, TeamsLost) and teams_lost.span.last >= today
    ]
    values = {
        "rows": [row for row in rows if row.until >= today],
        "over": [row for row in rows if row.until < today],
        "lost": [line.text for line in year_log(draft.named, Entries.of(changes=tuple(lost)))],
    }
    return Html("withdrawals.html", values)


def take_new(visit: Visit) -> Answer:
    item = _item(visit.form, next_id(visit.draft, visit.now, WITHDRAWAL.list), visit.words)
    return take(visit, WITHDRAWAL.list, item, partial(show_new, visit))


def _item(form: Form, id: str, words: Words) -> dict[str, object]:
    item = WITHDRAWAL.item(form, id=id)
    if "cause" in item:
        item["cause"] = _cause(words, form.text("cause"))
    return item


def _cause(words: Words, given: str) -> str:
    """The id of a cause that has a word in every language; other text as it was written."""
    known = {words.say(text).casefold(): id for id, text in KINDS.items()}
    return known.get(given.casefold(), given)


def show_new(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    form = visit.form if problems else Form({"from": (visit.draft.moment(visit.now).date().isoformat(),)})
    values = {"draft": visit.draft, "form": ShownForm("", form, problems=problems), "causes": list(KINDS.values())}
    return Html("withdrawal_new.html", values, status)


def say(visit: Visit) -> Answer:
    draft = visit.draft
    row = reported_one(draft, entries_known(draft, visit.now), visit.path["withdrawal"])
    form, id = visit.form, row.withdrawal.id
    match form.text("ask"):
        case GIVEN_BACK.list:
            item = GIVEN_BACK.item(form, id=next_id(draft, visit.now, GIVEN_BACK.list), withdrawal=id)
        case STILL.list:
            item = STILL.item(form, withdrawal=id)
        case WITHDRAWAL.list:
            item = _item(form, id, visit.words)
        case _:
            raise InputError(Message("There is no such page."))
    return take(visit, form.text("ask"), item, partial(show, visit))


def show(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    draft = visit.draft
    entries = entries_known(draft, visit.now)
    row = reported_one(draft, entries, visit.path["withdrawal"])
    one = row.withdrawal
    written = mapping(one)
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


TEAMS_LOST = EntryForm("agencies", kinds_of(shape(TeamsLost), NEVER_ASKED, "id"))


def lose(visit: Visit) -> Answer:
    item = TEAMS_LOST.item(visit.form, id=next_id(visit.draft, visit.now, TEAMS_LOST.list))
    if "from" in item:
        item.setdefault("to", item["from"])
    return take(visit, TEAMS_LOST.list, item, partial(show_loss, visit))


def show_loss(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    agencies = [(agency.id, agency.name) for agency in visit.scenario.agencies.values() if agency.sends_teams]
    form = ShownForm("", visit.form, problems=problems)
    values = {"draft": visit.draft, "agencies": agencies, "form": form}
    return Html("teams_lost.html", values, status)


forms = (WITHDRAWAL, GIVEN_BACK, STILL, TEAMS_LOST)


pages = (
    Page("/withdrawals", "GET", READING, show_list),
    Page("/withdrawals/new", "GET", CHANGING, show_new),
    Page("/withdrawals/new", "POST", CHANGING, take_new),
    Page("/withdrawals/{withdrawal}", "GET", READING, show),
    Page("/withdrawals/{withdrawal}", "POST", CHANGING, say),
    Page("/teams-lost", "GET", CHANGING, show_loss),
    Page("/teams-lost", "POST", CHANGING, lose),
)
