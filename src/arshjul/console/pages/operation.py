"""One operation: its place and why, its possible places, its history, and all entries that can be made about it."""

from collections.abc import Mapping
from dataclasses import replace

from arshjul.actions.contacts.sheets import (
    already_read,
    frozen_since,
    lock_sheet,
    narrow_sheet,
    purged_sheets,
    sheet_of_operation,
    taken_at,
)
from arshjul.agenda.cards_view import cards_of
from arshjul.agenda.improvements import followed
from arshjul.agenda.wording import programme_said
from arshjul.console.entry_forms import NEVER_ASKED, Again, EntryForm, entered, shown, take
from arshjul.console.pages.evaluations import asked_now
from arshjul.console.pages.operation_tables import REPLIES, milestone_rows, party_rows, time_rows
from arshjul.console.pages.operations import states
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.domain.entries.amendment import RESULTS, FewerOfficers, MilestoneHeld, OtherDates, Outcome, Pinned
from arshjul.domain.entries.entries import Entries
from arshjul.domain.operation import Operation, Placement
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message
from arshjul.formats.schema.declared import mapping, shape
from arshjul.planning.letters.year_log import RESULTS as RESULT_NAMES
from arshjul.planning.letters.year_log import is_about, operation_events, year_log
from arshjul.planning.places.explain import explain, known
from arshjul.planning.report.operations import state
from arshjul.serving.fields import CHOSEN, kinds_of
from arshjul.serving.forms import Form
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.serving.shown_form import FieldProblem, Problems

MOST_ALTERNATIVES = 8

OUTCOME = EntryForm("outcomes", kinds_of(shape(Outcome), "operation", "date", NEVER_ASKED))
PINNED = EntryForm("pinned", kinds_of(shape(Pinned), "operation", NEVER_ASKED, any_of=CHOSEN))
OTHER_DATES = EntryForm("not_on", kinds_of(shape(OtherDates), "operation", NEVER_ASKED))
FEWER_OFFICERS = EntryForm("fewer_officers", kinds_of(shape(FewerOfficers), "operation", NEVER_ASKED))
HELD = EntryForm("held", kinds_of(shape(MilestoneHeld), "operation", NEVER_ASKED))
ALONE = tuple(EntryForm(name) for name in ("unpinned", "cancelled", "without_police", "promoted", "left_out"))
"""Forms that give only the operation: a button."""

NOT_HELD = "not-held"
"""Asks for what was ticked as held to be taken back, by an entry without a date: the button of the tick never does."""

forms = (OUTCOME, PINNED, OTHER_DATES, FEWER_OFFICERS, HELD, *ALONE)


def show(visit: Visit) -> Answer:
    """The page."""
    return _page(visit)


def _page(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    draft, plan = visit.draft, visit.draft.made_plan
    scenario, moment = draft.scenario, visit.moment
    operation = known(scenario, visit.path["operation"])
    place = plan.placed.get(operation.id)
    meet = scenario.meet(operation) if place is None else scenario.meet_at(place)
    has_begun = place is not None and scenario.has_begun(place.slot, moment)
    standing = visit.years.standing(scenario, plan, moment)
    problem = standing.problem({operation.id})
    waiting = draft.usable(visit.now)[0]
    known_improvements = followed(scenario, draft.learnt_plan, moment.date())
    ways = [] if has_begun else standing.alternatives(problem, operation.id, MOST_ALTERNATIVES)
    values = {
        "draft": draft,
        "operation": operation,
        "place": place,
        "area": scenario.areas[operation.area].name,
        "sector": scenario.word(operation.sector),
        "programme": programme_said(scenario, operation.programme),
        "proposed_by": scenario.parties.get(operation.proposed_by or ""),
        "meet": meet,
        "state": state(scenario, replace(visit.plan_now, entries=plan.entries.and_then(waiting)), operation, place),
        "states": states(visit),
        "agencies": [] if place is None else [scenario.agencies[a] for a in scenario.agencies_at(place)],
        "parties": party_rows(visit, operation, place),
        "replies": REPLIES,
        "shift": None if place is None else scenario.shift(place.slot.shift),
        "shift_of": lambda placement: scenario.shift(placement.slot.shift),
        "last_day": None if place is None else scenario.last_day(place),
        "window": scenario.window(operation),
        "why": explain(scenario, plan, operation.id, moment, standing, problem),
        "times": time_rows(scenario, operation, ways),
        "waiting": [line for line in year_log(draft.named, waiting) if is_about(line, operation.id)],
        "history": operation_events(draft.named, plan.shown(visit.uses), operation.id),
        "has_begun": has_begun,
        "is_evaluated": asked_now(visit, operation.id) is not None,
        "objects": [scenario.objects[id] for id in plan.bindings.get(operation.id, ()) if id in scenario.objects],
        "is_today": place is not None and place.slot.day == moment.date(),
        "milestones": [] if place is None else milestone_rows(visit, place, waiting, has_begun=has_begun),
        **_sheet(visit, operation),
        "narrowed": _narrowed(visit, operation) if visit.query.text("taken") else None,
        "improvements": [one for one in known_improvements if one.stands_on(operation.id)],
        "cards": [one for one in cards_of(scenario, visit.plan_now) if one.stands_on(operation.sector)],
        "today": moment.date(),
        "problems": problems,
        "moment": moment,
        "unfolded": visit.query.text("form"),
        **_forms(visit, operation, place, waiting, problems),
    }
    return Html("operation.html", values, status, part="content")


def _sheet(visit: Visit, operation: Operation) -> dict[str, object]:
    """How complete its information sheet is, and when it was frozen."""
    with visit.store.reading() as db:
        frozen_at, purged = frozen_since(db, visit.draft, operation.id), purged_sheets(db).get(operation.id)
    sheet = sheet_of_operation(visit.store, visit.draft, operation.id, visit.now)
    return {"sheet": sheet, "frozen_at": frozen_at, "purged": purged, "zone": visit.scenario.zone}


def _forms(
    visit: Visit, operation: Operation, place: Placement | None, waiting: Entries, problems: Problems
) -> dict[str, object]:
    """The forms, as sent or with present values, and the choices that they offer."""
    scenario, plan = visit.scenario, visit.draft.made_plan
    entries = plan.entries.and_then(waiting)
    outcome = None if place is None else entries.known_outcomes().get((operation.id, place.slot.day))
    counted = () if outcome is None else tuple(outcome.figures)
    held = {one.id: one.name for one in scenario.cycle.milestones if one.comes_after}
    day = "" if place is None else place.slot.day.isoformat()
    filled: Mapping[str, Form] = {
        OUTCOME.list: Form() if outcome is None else OUTCOME.filled(mapping(outcome)),
        PINNED.list: Form() if place is None else PINNED.filled({"date": day, "shift": place.slot.shift}),
        OTHER_DATES.list: OTHER_DATES.filled({"dates": [day]}),
        HELD.list: Form(),
        FEWER_OFFICERS.list: FEWER_OFFICERS.filled({"officers": operation.least}),
    }
    return {
        "form": {name: shown(visit, name, form, problems) for name, form in filled.items()},
        "outcome": outcome,
        "results": results(visit, operation),
        "figures": [(id, scenario.figure(id)) for id in dict.fromkeys((*scenario.figures, *counted)) if id not in held],
        "held": list(held.items()),
        "shifts_there": [(shift.id, shift.name) for shift in scenario.shifts],
        "units_for": [(id, scenario.police[id].name) for id in scenario.units_for(operation) if id is not None],
        "groups": [[(id, scenario.agencies[id].name) for id in group.agencies] for group in operation.any_of],
        "who_asks": _who_may_ask(scenario, operation, place),
    }


def results(visit: Visit, operation: Operation) -> list[tuple[str, str]]:
    """The outcomes that it can have: only one that has police can go without."""
    there = [id for id in RESULTS if operation.officers or id != "without-police"]
    return [(id, visit.words.say(RESULT_NAMES[id])) for id in there]


def _who_may_ask(scenario: Scenario, operation: Operation, place: Placement | None) -> list[tuple[str, str]]:
    """The agencies that take part in it."""
    parties = scenario.parties_of(operation) if place is None else scenario.agencies_at(place)
    return [(id, scenario.agencies[id].name) for id in parties if id in scenario.agencies]


def ask(visit: Visit) -> Answer:
    """Makes the entry that was sent and starts a solve; an outcome and a milestone alone wait."""
    draft, asked = visit.draft, visit.form.text("ask")
    operation = known(draft.scenario, visit.path["operation"])
    if asked == NOT_HELD:
        taken_back = {"operation": operation.id, "milestone": visit.form.text("not_held"), "date": None}
        return entered(visit, HELD.list, taken_back, _again(visit)) or SeeOther(f"/operations/{operation.id}")
    form = next((form for form in forms if form.list == asked), None)
    if form is None:
        raise InputError(Message("There is no such page."))
    place = draft.made_plan.placed.get(operation.id)
    given = visit.form.text("date")
    day = {"date": given} if form is HELD and given else {}
    if form is OUTCOME and place is not None:
        day = {"date": place.slot.day.isoformat()}
    item = form.item(visit.form, operation=operation.id, **day)
    if form not in (OUTCOME, HELD) or item.get("result") == "called-off":
        return take(visit, asked, item, _again(visit), "fewest-changes")
    return entered(visit, asked, item, _again(visit)) or SeeOther(f"/operations/{operation.id}")


def narrow(visit: Visit) -> Answer:
    """Takes a reader from a section of the sheet; the page then says what the reader has read of it already."""
    operation, form = known(visit.scenario, visit.path["operation"]), visit.form
    owner, _, section = form.text("what").partition(" ")
    try:
        what, reader = (owner, section), form.text("reader")
        narrow_sheet(visit.store, visit.draft, operation.id, what, reader, visit.person, visit.now)
    except InputError as error:
        return _page(visit, (FieldProblem("", error.message),), 422)
    visit.close_outside()
    return SeeOther(f"/operations/{operation.id}?taken={owner}+{section}&reader={reader}")


def _narrowed(visit: Visit, operation: Operation) -> dict[str, object] | None:
    """What to say of the reader that the query names, if it was taken away."""
    owner, _, section = visit.query.text("taken").partition(" ")
    reader = visit.query.text("reader")
    with visit.store.reading() as db:
        at = taken_at(db, operation.id, (owner, section), reader)
    if at is None:
        return None
    asked = visit.carrier.asked if visit.carrier is not None else lambda _: None
    read = asked(lambda db: already_read(db, operation.id, (owner, section), reader))
    is_done = visit.carrier is not None and not visit.carrier.is_still_open(at)
    return {"owner": owner, "section": section, "reader": reader, "is_done": is_done, "read": read}


def lock(visit: Visit) -> Answer:
    """Freezes the sheet from now on."""
    operation = known(visit.scenario, visit.path["operation"])
    lock_sheet(visit.store, visit.draft, operation.id, visit.person, visit.now)
    visit.close_outside()
    return SeeOther(f"/operations/{operation.id}")


def _again(visit: Visit) -> Again:
    return lambda problems, status: _page(visit, problems, status)


pages = (
    Page("/operations/{operation}", "GET", "see-operation", READING, show),
    Page("/operations/{operation}", "POST", "ask-of-operation", CHANGING, ask),
    Page("/operations/{operation}/sheet/narrow", "POST", "narrow-sheet", CHANGING, narrow),
    Page("/operations/{operation}/sheet/lock", "POST", "lock-sheet", CHANGING, lock),
)
