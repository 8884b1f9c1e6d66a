"""Workbooks: the difference to the present year; accepted, it waits for a plan like any other change.

A workbook with mistakes is returned with its cells marked.
"""

from arshjul.actions.draft.compare_scenario import (
    SentWorkbook,
    compare,
    mark_of,
    other_plan,
    proposed_columns,
    read_sent,
    take_over,
)
from arshjul.console.visit import CHANGING, Page, Visit
from arshjul.domain.known_sites import n_kept, n_kept_said, with_known_sites
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.workbook.kept import workbook_without_sites
from arshjul.serving.pages import WORKBOOK, Answer, Bytes, Html, SeeOther

NOTHING_SENT = Message("Choose a workbook first.")


def show(visit: Visit) -> Answer:
    """The form, and the difference of the workbook that was sent last."""
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
    """How many keep their sites, which the difference does not show."""
    n = n_kept(given, with_known_sites(given, year))
    return n_kept_said(n) if n else None


def send(visit: Visit) -> Answer:
    """Reads the sent workbook. Its problems are given with their cells, and marked in a copy."""
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
    """The year as it stands here, with the edit that waits, as a workbook without sites."""
    return Bytes(workbook_without_sites(visit.draft.present), WORKBOOK, visit.words("workbook") + ".xlsx")


def give_back(visit: Visit) -> Answer:
    """The workbook that was sent last, with its problems marked."""
    sent = _sent(visit)
    if sent is None:
        return _page(visit, None, NOTHING_SENT, 422)
    data = sent.marked(visit.words)
    if data is None:
        return _page(visit, sent, Message("The workbook can neither be read nor marked."), 422)
    return Bytes(data, WORKBOOK, visit.words("marked") + ".xlsx")


def propose_columns(visit: Visit) -> Answer:
    """The proposed mapping of columns of a foreign spreadsheet, to be reviewed."""
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


pages = (
    Page("/import", "GET", "see-import", CHANGING, show),
    Page("/import", "POST", "send-workbook", CHANGING, send, takes_file=True),
    Page("/import/workbook", "GET", "get-workbook", CHANGING, give_out),
    Page("/import/marked", "GET", "get-marked-workbook", CHANGING, give_back),
    Page("/import/columns", "GET", "propose-columns", CHANGING, propose_columns),
    Page("/import/take", "POST", "take-workbook-over", CHANGING, take),
)
