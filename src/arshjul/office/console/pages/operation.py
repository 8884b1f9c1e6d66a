"""One operation: its place and why, its possible places, its history, and all entries that can be made about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from arshjul.errors import InputError, Message
from arshjul.office.console.entry_forms import NEVER_ASKED, EntryForm, entered, shown, take
from arshjul.office.console.pages.evaluations import asked_now
from arshjul.office.console.pages.operations import states
from arshjul.office.console.visit import CHANGING, READING, Page, Visit
from arshjul.office.contacts.sheets import (
    already_read,
    frozen_since,
    lock_sheet,
    narrow_sheet,
    purged_sheets,
    sheet_of_operation,
    taken_at,
)
from arshjul.office.draft.answers import questions
from arshjul.serving.fields import CHOSEN, kinds_of
from arshjul.serving.forms import FieldProblem, Form, Problems
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.year.agenda.evaluations import followed
from arshjul.year.agenda.feed_text import programme_said
from arshjul.year.agenda.milestone_times import due_time
from arshjul.year.agenda.party_view import cards_of
from arshjul.year.agenda.view import times_told
from arshjul.year.domain.entries.amendment import RESULTS, FewerOfficers, MilestoneHeld, OtherDates, Outcome, Pinned
from arshjul.year.domain.entries.answer import Reply
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import held_on
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Milestone
from arshjul.year.domain.share import ROLE_NAMES, Role, coming_share
from arshjul.year.formats.schema.declared import mapping, shape
from arshjul.year.planning.letters.year_log import is_about, operation_events, year_log
from arshjul.year.planning.places.explain import known
from arshjul.year.planning.places.finder import Alternative
from arshjul.year.planning.report.operations import state
from arshjul.year.texts import counted

REPLIES: Mapping[Reply, Message] = {
    "yes": Message("yes"),
    "no": Message("no"),
    "later": Message("answers later"),
    "asked": Message("no answer"),
}


@dataclass(frozen=True, slots=True)
class PartyRow:
    """`gives` None: nothing. `wished`: officers, where fewer come. `other`: what it was asked, if another place."""

    name: str
    role: Message
    gives: Message | None = None
    wished: int | None = None
    answer: Reply | None = None
    other: Placement | None = None
    phone: str = ""


def party_rows(visit: Visit, operation: Operation, place: Placement | None) -> list[PartyRow]:
    """All who take part, units first, then the optional agencies that do not; without a place, all that it asks for."""
    scenario, contacts = visit.draft.scenario, visit.draft.contacts
    answers = {} if place is None else _answers(visit, place)
    there = _wanted(scenario, operation) if place is None else _coming(scenario, operation, place)
    rows = []
    for party, row in there:
        answer, other = answers.get(party, (None, None))
        phone = contacts[party].phone if party in contacts else None
        rows.append(replace(row, answer=answer, other=other, phone=phone or ""))
    return rows


def _coming(scenario: Scenario, operation: Operation, place: Placement) -> Iterator[tuple[str, PartyRow]]:
    there = (*scenario.lenders(operation.id, place.police), *scenario.agencies_at(place))
    for party in (*there, *(id for id in scenario.agencies if id in operation.optional_agencies and id not in there)):
        name, own = scenario.parties[party].name, coming_share(scenario, place, party)
        if own is None:
            yield party, PartyRow(name, ROLE_NAMES["voluntary"])
        elif own.role in ("serves", "lends"):
            wished = operation.wanted(place.police)[party]
            fewer = wished if wished != own.strength else None
            yield party, PartyRow(name, ROLE_NAMES[own.role], _officers(own.strength), fewer)
        else:
            yield party, PartyRow(name, ROLE_NAMES[own.role], _teams(own.strength))


def _wanted(scenario: Scenario, operation: Operation) -> Iterator[tuple[str, PartyRow]]:
    """One of its units, its agencies, one of each of its groups, and the optional ones."""
    units = [scenario.police[id] for id in scenario.units_for(operation) if id is not None]
    if operation.officers:
        one = units[0].id if len(units) == 1 else ""
        yield one, PartyRow(_one_of([unit.name for unit in units]), ROLE_NAMES["serves"], _officers(operation.officers))
    for id, officers in operation.police_also.items():
        yield id, PartyRow(scenario.police[id].name, ROLE_NAMES["lends"], _officers(officers))
    for id in scenario.parties_of(operation):
        role: Role = "leads" if id == operation.lead_agency else "needed"
        yield id, PartyRow(scenario.agencies[id].name, ROLE_NAMES[role], _teams(operation.agencies.get(id, 0)))
    for group in operation.any_of:
        names = [scenario.agencies[id].name for id in group.agencies]
        yield "", PartyRow(_one_of(names), ROLE_NAMES["needed"], _teams(group.teams))
    for id in operation.optional_agencies:
        yield id, PartyRow(scenario.agencies[id].name, ROLE_NAMES["voluntary"])


def _one_of(names: Sequence[str]) -> str:
    return " / ".join(names) or "–"


def _officers(n: int) -> Message:
    return counted(n, "{n} officer", "{n} officers")


def _teams(n: int) -> Message | None:
    return counted(n, "{n} team", "{n} teams") if n else None


def _answers(visit: Visit, place: Placement) -> dict[str, tuple[Reply, Placement | None]]:
    """Each party's answer about that place; in an open proposal, about the place that is proposed."""
    given = visit.draft.made_plan.entries.answers
    found: dict[str, tuple[Reply, Placement | None]] = {
        answered.party: (answered.answer, None)
        for answered in given
        if answered.operation == place.operation and answered.is_about(place)
    }
    for question in questions(visit.draft):
        if question.about.operation == place.operation:
            found[question.about.party] = (
                question.answer,
                None if question.about.is_about(place) else question.about.place,
            )
    return found


@dataclass(frozen=True, slots=True)
class TimeRow:
    """Another time of an operation: who serves it and takes part there, and where each other that moves goes."""

    place: Placement
    cost: int
    parties: tuple[str, ...]
    moves: tuple[tuple[str, Placement, tuple[str, ...]], ...]


def time_rows(scenario: Scenario, operation: Operation, ways: Sequence[Alternative]) -> list[TimeRow]:
    """The other times as rows; of a move that stays in its slot, the parties that change."""
    return [_time_row(scenario, operation, way) for way in ways]


def _time_row(scenario: Scenario, operation: Operation, way: Alternative) -> TimeRow:
    place = way.placement
    there = place.lent(operation)
    lent = [
        f"{scenario.police[unit].name} {n}" if len(there) > 1 else scenario.police[unit].name
        for unit, n in there.items()
    ]
    chosen = [scenario.agencies[id].name for id in place.any_of]
    moves = []
    for old, new in way.moves:
        changed = (() if new.police in (None, old.police) else (new.police,), set(new.any_of) - set(old.any_of))
        names = tuple(scenario.parties[id].name for ids in changed for id in ids if id is not None)
        moves.append((old.operation, new, names if old.slot == new.slot else ()))
    return TimeRow(place, way.cost, (*lent, *chosen), tuple(moves))


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """A milestone of an operation: when it is due, when it was held, and whether it can be ticked."""

    milestone: Milestone
    due: date
    held_on: date | None
    is_open: bool


def milestone_rows(visit: Visit, place: Placement, waiting: Entries, *, has_begun: bool) -> list[MilestoneRow]:
    scenario, plan = visit.scenario, visit.draft.made_plan
    times = times_told(scenario, plan, visit.years.told(visit.store))
    held = replace(plan, entries=plan.entries.and_then(waiting)).held()
    found = []
    for milestone in scenario.cycle.milestones:
        on, due = held_on(held, milestone, place), due_time(scenario, times, held, milestone, place).day
        found.append(MilestoneRow(milestone, due, on, on is None and (has_begun or not milestone.comes_after)))
    return sorted(found, key=lambda row: row.due)


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


def show(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    draft, plan = visit.draft, visit.draft.made_plan
    scenario, moment = draft.scenario, visit.moment
    operation = known(scenario, visit.path["operation"])
    place = plan.placed.get(operation.id)
    meet = scenario.meet(operation) if place is None else scenario.meet_at(place)
    has_begun = place is not None and scenario.has_begun(place.slot, moment)
    most = 0 if has_begun else MOST_ALTERNATIVES
    why, ways = visit.years.places(scenario, plan, moment, operation.id, most, visit.words.language)
    waiting = draft.usable(visit.now)[0]
    known_improvements = followed(scenario, draft.learnt_plan, moment.date())
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
        "why": why,
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
        "improvements": [improvement for improvement in known_improvements if improvement.stands_on(operation.id)],
        "cards": [card for card in cards_of(scenario, visit.plan_now) if card.stands_on(operation.sector)],
        "today": moment.date(),
        "problems": problems,
        "moment": moment,
        "unfolded": visit.query.text("form"),
        **_forms(visit, operation, place, waiting, problems),
    }
    return Html("operation.html", values, status, part="content")


def _sheet(visit: Visit, operation: Operation) -> dict[str, object]:
    with visit.store.reading() as db:
        frozen_at, purged = frozen_since(db, visit.draft, operation.id), purged_sheets(db).get(operation.id)
    sheet = sheet_of_operation(visit.store, visit.draft, operation.id, visit.now)
    return {"sheet": sheet, "frozen_at": frozen_at, "purged": purged, "zone": visit.scenario.zone}


def _forms(
    visit: Visit, operation: Operation, place: Placement | None, waiting: Entries, problems: Problems
) -> dict[str, object]:
    scenario, plan = visit.scenario, visit.draft.made_plan
    entries = plan.entries.and_then(waiting)
    outcome = None if place is None else entries.known_outcomes().get((operation.id, place.slot.day))
    counted = () if outcome is None else tuple(outcome.figures)
    held = {milestone.id: milestone.name for milestone in scenario.cycle.milestones if milestone.comes_after}
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
    return [(id, visit.words.say(RESULTS[id])) for id in there]


def _who_may_ask(scenario: Scenario, operation: Operation, place: Placement | None) -> list[tuple[str, str]]:
    parties = scenario.parties_of(operation) if place is None else scenario.agencies_at(place)
    return [(id, scenario.agencies[id].name) for id in parties if id in scenario.agencies]


def ask(visit: Visit) -> Answer:
    """Makes the entry that was sent and starts a solve; an outcome and a milestone alone wait."""
    draft, asked = visit.draft, visit.form.text("ask")
    operation = known(draft.scenario, visit.path["operation"])
    if asked == NOT_HELD:
        taken_back = {"operation": operation.id, "milestone": visit.form.text("not_held"), "date": None}
        return entered(visit, HELD.list, taken_back, partial(show, visit)) or SeeOther(f"/operations/{operation.id}")
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
        return take(visit, asked, item, partial(show, visit), "fewest-changes")
    return entered(visit, asked, item, partial(show, visit)) or SeeOther(f"/operations/{operation.id}")


def narrow(visit: Visit) -> Answer:
    """Takes a reader from a section of the sheet; the page then says what the reader has read of it already."""
    operation, form = known(visit.scenario, visit.path["operation"]), visit.form
    owner, _, section = form.text("what").partition(" ")
    try:
        what, reader = (owner, section), form.text("reader")
        narrow_sheet(visit.store, visit.draft, operation.id, what, reader, visit.person, visit.now)
    except InputError as error:
        return show(visit, (FieldProblem("", error.message),), 422)
    visit.close_outside()
    return SeeOther(f"/operations/{operation.id}?taken={owner}+{section}&reader={reader}")


def _narrowed(visit: Visit, operation: Operation) -> dict[str, object] | None:
    owner, _, section = visit.query.text("taken").partition(" ")
    reader = visit.query.text("reader")
    with visit.store.reading() as db:
        at = taken_at(db, operation.id, (owner, section), reader)
    if at is None:
        return None
    asked = visit.portal_sync.asked if visit.portal_sync is not None else lambda _: None
    read = asked(lambda db: already_read(db, operation.id, (owner, section), reader))
    is_done = visit.portal_sync is not None and not visit.portal_sync.is_still_open(at)
    return {"owner": owner, "section": section, "reader": reader, "is_done": is_done, "read": read}


def lock(visit: Visit) -> Answer:
    operation = known(visit.scenario, visit.path["operation"])
    lock_sheet(visit.store, visit.draft, operation.id, visit.person, visit.now)
    visit.close_outside()
    return SeeOther(f"/operations/{operation.id}")


pages = (
    Page("/operations/{operation}", "GET", READING, show),
    Page("/operations/{operation}", "POST", CHANGING, ask),
    Page("/operations/{operation}/sheet/narrow", "POST", CHANGING, narrow),
    Page("/operations/{operation}/sheet/lock", "POST", CHANGING, lock),
)
