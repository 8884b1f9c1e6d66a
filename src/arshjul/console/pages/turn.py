"""The year turns: what the next year would hold, with what differs; taken over, it is planned like any other edit."""

from datetime import date, timedelta

from arshjul.actions.draft.compare_scenario import compare, mark_of
from arshjul.actions.draft.import_year import next_year, turn_year
from arshjul.console.entry_forms import SURE
from arshjul.console.visit import CHANGING, Page, Visit
from arshjul.console.working_out import to_options
from arshjul.errors import InputError, Message, Refused
from arshjul.planning.turn.next_year import Wishes, last_dates
from arshjul.planning.turn.turn import Turned
from arshjul.serving.forms import Form
from arshjul.serving.pages import Answer, Html

EARLY = timedelta(days=183)
"""The rest of a plan beyond which a turn is asked about."""

_ALL, _SOME = "all", "sectors"


def show(visit: Visit) -> Answer:
    """The proposal: all comes again, for a whole year."""
    return _page(visit, next_year(visit.draft, Wishes(), visit.now), Form())


def compared(visit: Visit) -> Answer:
    try:
        return _page(visit, next_year(visit.draft, _wishes(visit.form), visit.now), visit.form)
    except (InputError, Refused) as error:
        return _again(visit, error.message, 422)


def take(visit: Visit) -> Answer:
    """Takes the next year over, as its difference was shown, and works out its plan."""
    form = visit.form
    try:
        made = next_year(visit.draft, _wishes(form), visit.now)
        if form.text("mark") != mark_of(made.scenario):
            return _page(visit, made, form, Message("Your choices have changed the proposal: look again."), 409)
        if is_early(visit) and not form.is_checked(SURE):
            values = {"last": visit.draft.present.span.last}
            early = Message("The plan lasts until {last}. Add the next year already?", values)
            return _page(visit, made, form, early, 422)
        turn_year(visit.store, made, visit.person, visit.now, form.text("seen"))
    except InputError as error:
        return _again(visit, error.message, 422)
    except Refused as error:
        return _again(visit, error.message, 409)
    return to_options(visit, "fewest-changes")


def is_early(visit: Visit) -> bool:
    """True if the plan lasts so long that a turn is probably a slip of the hand."""
    return visit.draft.present.span.last - visit.moment.date() > EARLY


def _again(visit: Visit, wrong: Message, status: int) -> Html:
    return _page(visit, next_year(visit.draft, Wishes(), visit.now), visit.form, wrong, status)


def _wishes(form: Form) -> Wishes:
    """The choices of the form. InputError if its last date is no date."""
    try:
        last = date.fromisoformat(form.text("last"))
    except ValueError:
        raise InputError(Message("Give the last date of the next year.")) from None
    sectors = {_ALL: None, _SOME: frozenset(form.several("sector"))}.get(form.text("again"), frozenset())
    left = frozenset(form.several("known")) - frozenset(form.several("dates"))
    return Wishes(last, sectors, frozenset(form.several("asked")), left)


def _page(visit: Visit, made: Turned, form: Form, wrong: Message | None = None, code: int = 200) -> Html:
    draft = visit.draft
    given = draft.given or draft.scenario
    sectors = dict.fromkeys(one.sector for one in given.operations.values())
    is_first = not form.fields
    values = {
        "draft": draft,
        "made": made,
        "given": made.scenario,
        "may_end": last_dates(given),
        "last": form.text("last") or made.year.last.isoformat(),
        "again": form.text("again") or _ALL,
        "sectors": [(id, given.word(id), is_first or id in form.several("sector")) for id in sectors],
        "kept": {one.key for one in made.dates} if is_first else set(form.several("dates")),
        "asked": set(form.several("asked")),
        "found": compare(draft, made.scenario, draft.begun(visit.now), visit.words),
        "mark": mark_of(made.scenario),
        "wrong": wrong,
        "is_early": is_early(visit),
    }
    return Html("turn.html", values, code)


pages = (
    Page("/turn", "GET", "see-next-year", CHANGING, show),
    Page("/turn", "POST", "compare-next-year", CHANGING, compared),
    Page("/turn/take", "POST", "turn-the-year", CHANGING, take),
)
