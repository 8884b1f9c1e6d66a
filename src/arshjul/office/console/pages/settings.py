"""Settings: workbooks, the turn of the year, and the log; signing in and out, and the language.

A workbook, or the next year, is shown by its difference to the present year; accepted, it waits for a plan like any
other change. A workbook with mistakes is returned with its cells marked. A link shows a button, so that programs that
follow links use none up.
"""

from datetime import date, timedelta

from arshjul.errors import InputError, Message, Refused
from arshjul.office.console import sessions
from arshjul.office.console.entry_forms import SURE, to_options
from arshjul.office.console.visit import ALL, ANYBODY, CHANGING, READING, Page, Visit
from arshjul.office.draft.compare_scenario import (
    SentWorkbook,
    compare,
    mark_of,
    other_plan,
    proposed_columns,
    read_sent,
    take_over,
)
from arshjul.office.draft.import_year import next_year, turn_year
from arshjul.office.draft.logbook import logbook
from arshjul.serving.forms import Form
from arshjul.serving.pages import WORKBOOK, Answer, Bytes, Html, SeeOther
from arshjul.year.domain.retired_parties import n_kept, n_kept_said, with_known_sites
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.workbook.marked import workbook_without_sites
from arshjul.year.planning.letters.year_log import year_log
from arshjul.year.planning.next_year import Wishes, last_dates
from arshjul.year.planning.turn import Turned

NOTHING_SENT = Message("Choose a workbook first.")


def show(visit: Visit) -> Answer:
    return _page(visit, _sent(visit))


def _sent(visit: Visit) -> SentWorkbook | None:
    return None if visit.session is None else visit.years.uploads.of(visit.session.digest)


def _page(visit: Visit, sent: SentWorkbook | None, wrong: Message | None = None, code: int = 200) -> Html:
    draft, given = visit.draft, None if sent is None else sent.scenario
    other = None if given is None else other_plan(draft, given)
    if other is not None:
        given, code = None, max(code, 422)
    values = {
        "draft": draft,
        "sent": sent,
        "given": given,
        "found": None if given is None else compare(draft, given, draft.begun(visit.now), visit.words),
        "kept": None if given is None else _kept(given, draft.present),
        "file": "" if given is None else mark_of(given),
        "wrong": wrong or other or (None if sent is None else sent.wrong),
    }
    return Html("import.html", values, code)


def _kept(given: Scenario, year: Scenario) -> Message | None:
    n = n_kept(given, with_known_sites(given, year))
    return n_kept_said(n) if n else None


def send(visit: Visit) -> Answer:
    data = visit.form.file("file")
    if not data:
        visit.years.uploads.forget("" if visit.session is None else visit.session.digest)
        name = visit.form.file_name("file")
        return _page(visit, None, _empty(name) if name else NOTHING_SENT, 422)
    sent = read_sent(data, visit.form.file("columns"), visit.draft.present, visit.form.file_name("file"))
    if visit.session is not None:
        visit.years.uploads.keep(visit.session.digest, sent)
    return _page(visit, sent, code=422) if sent.scenario is None else SeeOther("/import")


def _empty(name: str) -> Message:
    values = {"file": name}
    return Message("{file} is empty: save and close it in Excel, and send it again.", values)


def give_out(visit: Visit) -> Answer:
    return Bytes(workbook_without_sites(visit.draft.present), WORKBOOK, visit.words("workbook") + ".xlsx")


def give_back(visit: Visit) -> Answer:
    sent = _sent(visit)
    if sent is None:
        return _page(visit, None, NOTHING_SENT, 422)
    data = sent.marked(visit.words)
    if data is None:
        return _page(visit, sent, Message("The workbook can neither be read nor marked."), 422)
    return Bytes(data, WORKBOOK, visit.words("marked") + ".xlsx")


def propose_columns(visit: Visit) -> Answer:
    sent = _sent(visit)
    if sent is None:
        return _page(visit, None, NOTHING_SENT, 422)
    try:
        data = proposed_columns(sent.data, visit.draft.present)
    except InputError as error:
        return _page(visit, sent, error.message, 422)
    return Bytes(data, "application/yaml", visit.words("columns") + ".yaml")


def take(visit: Visit) -> Answer:
    """Accepts the workbook. Operations missing in it stay unless their boxes are ticked: no accidental cancelling."""
    sent, form = _sent(visit), visit.form
    given = None if sent is None else sent.scenario
    if given is None:
        return _page(visit, None, NOTHING_SENT, 422)
    if form.text("file") != mark_of(given):
        return _page(visit, sent, Message("Another workbook has come: look at its changes."), 409)
    try:
        take_over(visit.store, given, visit.person, visit.now, form.text("seen"), form.several("cancelled"))
    except Refused as error:
        return _page(visit, sent, error.message, 409)
    visit.years.uploads.forget("" if visit.session is None else visit.session.digest)
    return SeeOther("/?taken=workbook")


EARLY = timedelta(days=183)  # the rest of a plan beyond which a turn is asked about
_ALL, _SOME = "all", "sectors"


def show_turn(visit: Visit) -> Answer:
    """The proposal: all comes again, for a whole year."""
    return _turn(visit, next_year(visit.draft, Wishes(), visit.now), Form())


def compared(visit: Visit) -> Answer:
    try:
        return _turn(visit, next_year(visit.draft, _wishes(visit.form), visit.now), visit.form)
    except (InputError, Refused) as error:
        return _turn_again(visit, error.message, 422)


def take_turn(visit: Visit) -> Answer:
    form = visit.form
    try:
        made = next_year(visit.draft, _wishes(form), visit.now)
        if form.text("mark") != mark_of(made.scenario):
            return _turn(visit, made, form, Message("Your choices have changed the proposal: look again."), 409)
        if is_early(visit) and not form.is_checked(SURE):
            values = {"last": visit.draft.present.span.last}
            early = Message("The plan lasts until {last}. Add the next year already?", values)
            return _turn(visit, made, form, early, 422)
        turn_year(visit.store, made, visit.person, visit.now, form.text("seen"))
    except InputError as error:
        return _turn_again(visit, error.message, 422)
    except Refused as error:
        return _turn_again(visit, error.message, 409)
    return to_options(visit, "fewest-changes")


def is_early(visit: Visit) -> bool:
    """True if the plan lasts so long that a turn is probably a slip of the hand."""
    return visit.draft.present.span.last - visit.moment.date() > EARLY


def _turn_again(visit: Visit, wrong: Message, status: int) -> Html:
    return _turn(visit, next_year(visit.draft, Wishes(), visit.now), visit.form, wrong, status)


def _wishes(form: Form) -> Wishes:
    try:
        last = date.fromisoformat(form.text("last"))
    except ValueError:
        raise InputError(Message("Give the last date of the next year.")) from None
    sectors = {_ALL: None, _SOME: frozenset(form.several("sector"))}.get(form.text("again"), frozenset())
    left = frozenset(form.several("known")) - frozenset(form.several("dates"))
    return Wishes(last, sectors, frozenset(form.several("asked")), left)


def _turn(visit: Visit, made: Turned, form: Form, wrong: Message | None = None, code: int = 200) -> Html:
    draft = visit.draft
    given = draft.given or draft.scenario
    sectors = dict.fromkeys(operation.sector for operation in given.operations.values())
    is_first = not form.fields
    values = {
        "draft": draft,
        "made": made,
        "given": made.scenario,
        "may_end": last_dates(given),
        "last": form.text("last") or made.year.last.isoformat(),
        "again": form.text("again") or _ALL,
        "sectors": [(id, given.word(id), is_first or id in form.several("sector")) for id in sectors],
        "kept": {moved.key for moved in made.dates} if is_first else set(form.several("dates")),
        "asked": set(form.several("asked")),
        "found": compare(draft, made.scenario, draft.begun(visit.now), visit.words),
        "mark": mark_of(made.scenario),
        "wrong": wrong,
        "is_early": is_early(visit),
    }
    return Html("turn.html", values, code)


def show_log(visit: Visit) -> Answer:
    draft, page = visit.draft, visit.query.number("page")
    book = logbook(visit.store, visit.years.sentences(draft), page if isinstance(page, int) else 1)
    is_first = draft.plan is not None and book.page == 1
    values = {
        "draft": draft,
        "page": book.page,
        "last": book.last,
        "lines": book.lines,
        "happened": year_log(draft.scenario, draft.made_plan.entries) if is_first else (),
        "zone": draft.scenario.zone,
    }
    return Html("log.html", values)


def show_sign_in(visit: Visit) -> Answer:
    if visit.session is not None:
        return SeeOther("/")
    if not sessions.is_invited(visit.store, visit.path["link"], visit.now):
        raise sessions.no_link()
    return Html("sign_in.html", {"link": visit.path["link"]})


def come_in(visit: Visit) -> Answer:
    if visit.session is not None:
        return SeeOther("/")
    token = sessions.come_in(visit.store, visit.path["link"], visit.words.language, visit.now)
    return SeeOther("/", token)


def leave(visit: Visit) -> Answer:
    if visit.session is not None:
        sessions.leave(visit.store, visit.session, visit.now)
    return SeeOther("/out", "")


def left(_: Visit) -> Answer:
    return Html("signed_out.html")


LANGUAGES = ("sv", "en")


def speak(visit: Visit) -> Answer:
    language = visit.form.text("language")
    if visit.session is not None and language in LANGUAGES:
        sessions.speak(visit.store, visit.session, language)
    return SeeOther("/")


pages = (
    Page("/import", "GET", CHANGING, show),
    Page("/import", "POST", CHANGING, send, takes_file=True),
    Page("/import/workbook", "GET", CHANGING, give_out),
    Page("/import/marked", "GET", CHANGING, give_back),
    Page("/import/columns", "GET", CHANGING, propose_columns),
    Page("/import/take", "POST", CHANGING, take),
    Page("/turn", "GET", CHANGING, show_turn),
    Page("/turn", "POST", CHANGING, compared),
    Page("/turn/take", "POST", CHANGING, take_turn),
    Page("/log", "GET", READING, show_log),
    Page("/in/{link}", "GET", ANYBODY, show_sign_in),
    Page("/in/{link}", "POST", ANYBODY, come_in),
    Page("/out", "POST", ALL, leave),
    Page("/out", "GET", ANYBODY, left),
    Page("/language", "POST", ALL, speak),
)
