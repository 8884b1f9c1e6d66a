"""A workbook: how it differs from the year as it is here; taken over, it waits for a plan like everything else."""

import tempfile
from pathlib import Path

from arshjul.actions.compare_scenario import compare, take_over
from arshjul.actions.draft import Draft, StaleDraft
from arshjul.console.access import CHANGING, Page
from arshjul.console.answers import Answer, Html, SeeOther
from arshjul.console.visit import Visit
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Problem
from arshjul.formats.plan.plan_folder import scenario_bytes
from arshjul.formats.scenario.scenario import read_scenario
from arshjul.planning.edit_told import KEYS
from arshjul.store.chain import digest_of


def show(visit: Visit) -> Answer:
    """The form; with what was sent last, how that differs."""
    return _page(visit, _uploaded(visit))


def _uploaded(visit: Visit) -> Scenario | None:
    return None if visit.session is None else visit.years.upload(visit.session.digest)


def _page(
    visit: Visit,
    given: Scenario | None,
    problems: tuple[Problem, ...] = (),
    wrong: Message | None = None,
    code: int = 200,
) -> Html:
    draft = visit.draft
    found = None if given is None else compare(draft, given, _begun(draft, visit))
    values = {"draft": draft, "found": found, "problems": problems, "wrong": wrong, "given": given, "keys": KEYS}
    file = "" if given is None else mark_of(given)
    return Html("import.html", {**values, "file": file}, code)


def mark_of(given: Scenario) -> str:
    """A mark by which what was sent is known: the page that shows it and the button that takes it over are of one."""
    return digest_of(scenario_bytes(given))


def _begun(draft: Draft, visit: Visit) -> frozenset[str]:
    if draft.plan is None:
        return frozenset()
    moment = draft.moment(visit.now)
    return frozenset(one.operation for one in draft.plan.placements if draft.scenario.moments(one.slot)[0] < moment)


def send(visit: Visit) -> Answer:
    """Reads the workbook that was sent. What is wrong in it is told with its cell."""
    if not visit.form.file:
        return _page(visit, None, wrong=Message("Choose a workbook first."), code=422)
    with tempfile.TemporaryDirectory(prefix="arshjul-") as folder:
        path = Path(folder) / "workbook.xlsx"
        path.write_bytes(visit.form.file)
        try:
            given = read_scenario(path).scenario
        except InputError as error:
            return _page(visit, None, error.problems, error.message, 422)
    if visit.session is not None:
        visit.years.keep_upload(visit.session.digest, given)
    return SeeOther("/import")


def take(visit: Visit) -> Answer:
    """Takes the workbook over. What is gone in it must be ticked: nothing is cancelled by oversight."""
    given, draft, form = _uploaded(visit), visit.draft, visit.form
    if given is None:
        return _page(visit, None, wrong=Message("Choose a workbook first."), code=422)
    if form.text("file") != mark_of(given):
        return _page(visit, given, wrong=Message("Another workbook was sent since: look at what it changes."), code=409)
    gone = compare(draft, given, _begun(draft, visit)).gone
    unnamed = [id for id in gone if id not in form.several("cancelled")]
    if unnamed and draft.plan is not None:
        text = Message(
            "{operations} are gone in the workbook: tick them if they shall be cancelled.", {"operations": unnamed}
        )
        return _page(visit, given, wrong=text, code=409)
    cancelled = gone if draft.plan is not None else ()
    try:
        take_over(visit.store, given, visit.person, visit.now, form.text("seen"), cancelled)
    except StaleDraft as error:
        return _page(visit, given, wrong=error.message, code=409)
    visit.years.forget_upload("" if visit.session is None else visit.session.digest)
    return SeeOther("/")


pages = (
    Page("/import", "GET", "see-import", CHANGING, show),
    Page("/import", "POST", "send-workbook", CHANGING, send, takes_file=True),
    Page("/import/take", "POST", "take-workbook-over", CHANGING, take),
)
