"""Edits of operations, of objects and of what the year uses, which wait for a plan; and a rehearsal's clock."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from arshjul.errors import InputError, Message, Problem, Refused
from arshjul.office.draft.compare_scenario import record_edit, sent_objects
from arshjul.office.draft.draft import NOMINATED, AlreadyDone, Draft
from arshjul.office.draft.enter import refuse_too_long
from arshjul.office.draft.stored_draft import keep, opened_draft, seen_draft
from arshjul.office.store import audit, events
from arshjul.office.store.store import Store, Transaction
from arshjul.year.domain.declaration import numbered
from arshjul.year.domain.feature import ALL_FEATURES, in_order
from arshjul.year.domain.retired_parties import objects_with_known_sites
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import VisitObject, frame_of
from arshjul.year.folder.reading import moment_in
from arshjul.year.formats.scenario.objects import objects_of
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.scenario.scenario_json import scenario_mapping
from arshjul.year.formats.tree import FORM, FormDocument
from arshjul.year.formats.words import local_time
from arshjul.year.planning.check.idle_entries import far_dates_asked, passed
from arshjul.year.planning.check.likely_mistakes import of_persons
from arshjul.year.planning.check.secret_places import SecretPlaces

MOST_OUTSIDE = timedelta(days=366)
"""The largest distance of a rehearsal's clock from its year."""


def edit_operations(
    store: Store,
    ids: Sequence[str],
    values: Mapping[str, object],
    actor: str,
    now: datetime,
    seen: str,
    *,
    is_sure: bool = True,
) -> None:
    """Gives operations these values; None is the default. InputError for invalid ones, and doubts unless `is_sure`."""
    event = events.OperationEdited(*ids) if len(ids) == 1 else events.OperationsEdited(len(ids))
    edit_year(store, lambda draft: edited_operations(draft, ids, values, now, is_sure=is_sure), event, actor, now, seen)


def edited_operations(
    draft: Draft, ids: Sequence[str], values: Mapping[str, object], now: datetime, *, is_sure: bool
) -> Scenario:
    written = scenario_mapping(draft.present)
    there = written["operations"]
    found = {one["id"]: one for one in there if one["id"] in ids} if isinstance(there, list) else {}
    if lacking := next((id for id in ids if id not in found), None):
        raise InputError(Message("{operation} belongs to a series: edit it in a workbook.", {"operation": lacking}))
    if not found:
        raise InputError(Message("No operation is ticked."))
    news = {id: {key: value for key, value in values.items() if value != one.get(key)} for id, one in found.items()}
    for one in found.values():
        one.update(values)
        for key in [key for key, value in values.items() if value is None]:
            del one[key]
    refuse_too_long([(NOMINATED, new) for new in news.values()])
    scenario = scenario_of(FormDocument.of(written), is_json=True)
    if not is_sure:
        places, today = SecretPlaces(draft.scenario, scenario), draft.moment(now).date()
        asked = [doubt for id, new in news.items() for doubt in _doubts(scenario, id, new, places, today)]
        if asked:
            raise InputError(Message("Is it meant so?"), asked)
    return scenario


def _doubts(
    scenario: Scenario, id: str, news: Mapping[str, object], places: SecretPlaces, today: date
) -> Iterator[Problem]:
    one = scenario.operations[id]
    yield from places.questions(NOMINATED, news)
    yield from of_persons(NOMINATED, news)
    yield from far_dates_asked(one, scenario.span)
    if "window" in news:
        yield from passed(one.window, today, f"{NOMINATED}[0]")


def edit_year(
    store: Store, edited: Callable[[Draft], Scenario], event: events.LogEvent, actor: str, now: datetime, seen: str
) -> None:
    with store.writing() as db:
        edit_in(db, edited, event, actor, now, seen)


def edit_in(
    db: Transaction, edited: Callable[[Draft], Scenario], event: events.LogEvent, actor: str, now: datetime, seen: str
) -> None:
    draft = seen_draft(db, seen)
    new = draft.edited(edited(draft))
    new.entries_with()
    audit.add(db, now, actor, event)
    keep(db, draft, new)
    record_edit(db, draft, new, event, actor, now)
    new.refuse_no_edit(now)


def taken_ids(draft: Draft) -> Iterator[str]:
    yield from draft.ever_named().operations
    yield from (entry.item["id"] for entry in draft.waiting if entry.list == NOMINATED)


def next_id(ids: Iterable[str]) -> str:
    """The id after the last one with the most common beginning; empty if no id ends with a number."""
    known = [found for id in ids if (found := numbered(id))]
    if not known:
        return ""
    ((usual, _),) = Counter(begin for begin, _ in known).most_common(1)
    last = max((number for begin, number in known if begin == usual), key=int)
    return f"{usual}{int(last) + 1:0{len(last)}}"


def use_features(store: Store, uses: Collection[str], actor: str, now: datetime, seen: str) -> None:
    """Turns features on and off; entries of those turned off are kept. AlreadyDone if these are used."""
    with store.writing() as db:
        year = seen_draft(db, seen).present
        new = replace(year, uses=in_order(uses))
        changed = [id for id in ALL_FEATURES if (id in year.uses) != (id in new.uses)]
        if not changed:
            raise AlreadyDone(Message("The change is already made: open the page again."))
        first, *more = [(events.FeatureOn if id in new.uses else events.FeatureOff)(id) for id in changed]
        edit_in(db, lambda _: new, first, actor, now, seen)
        for event in more:
            audit.add(db, now, actor, event)


def add_object(store: Store, item: Mapping[str, object], actor: str, now: datetime, seen: str) -> None:
    with store.writing() as db:
        add_object_in(db, item, actor, now, seen)


def add_object_in(db: Transaction, item: Mapping[str, object], actor: str, now: datetime, seen: str) -> None:
    def added(draft: Draft) -> Scenario:
        made = _object_of(item, draft.present)
        _refuse_passed(made, draft, now)
        if made.id in draft.present.objects:
            raise InputError(Message("The id {given} is taken: choose another.", {"given": made.id}))
        return _with_objects(draft.present, {made.id: made})

    edit_in(db, added, events.ObjectAdded(str(item.get("id", ""))), actor, now, seen)


def edit_object(store: Store, id: str, item: Mapping[str, object], actor: str, now: datetime, seen: str) -> None:
    """Gives an object other values; it keeps its sites unless others are given."""

    def edited(draft: Draft) -> Scenario:
        old, made = open_object(draft, id, now), _object_of({**item, "id": id}, draft.present)
        if made.window != old.window:
            _refuse_passed(made, draft, now)
        return _with_objects(draft.present, {id: made if made.sites else replace(made, sites=old.sites)})

    edit_year(store, edited, events.ObjectEdited(id), actor, now, seen)


def remove_object(store: Store, id: str, actor: str, now: datetime, seen: str) -> None:
    def without(draft: Draft) -> Scenario:
        gone, scenario = open_object(draft, id, now), draft.present
        return replace(scenario, objects={key: one for key, one in scenario.objects.items() if key != gone.id})

    edit_year(store, without, events.ObjectRemoved(id), actor, now, seen)


def open_object(draft: Draft, id: str, now: datetime) -> VisitObject:
    """The object of that id. InputError if there is none; Refused if its frame has begun, which makes it history."""
    if id not in draft.present.objects:
        raise InputError(Message("{given} does not exist.", {"given": id}))
    frame = None if draft.plan is None else frame_of(draft.plan.bindings).get(id)
    if frame in draft.begun(now):
        values = {"object": id, "frame": frame}
        raise Refused(Message("{frame} has begun: its binding to {object} stays.", values))
    return draft.present.objects[id]


def take_objects(store: Store, data: bytes, actor: str, now: datetime, seen: str) -> int:
    """The number of new and changed; those that it lacks stay. InputError with the cell of every problem."""
    with store.reading() as db:
        draft = opened_draft(db)
    given = objects_with_known_sites(sent_objects(data, draft.present), draft.present)
    news = {id: one for id, one in given.items() if draft.present.objects.get(id) != one}
    for id in news.keys() & draft.present.objects.keys():
        open_object(draft, id, now)
    if news:
        edit_year(
            store, lambda draft: _with_objects(draft.present, news), events.ObjectsTaken(len(news)), actor, now, seen
        )
    return len(news)


def ask_to_bind(store: Store, seen: str) -> None:
    """Lets the draft ask for the objects to be bound, also where none of them is new."""
    with store.writing() as db:
        draft = seen_draft(db, seen)
        if draft.given is None:
            keep(db, draft, replace(draft, given=draft.scenario))


def _refuse_passed(made: VisitObject, draft: Draft, now: datetime) -> None:
    if problems := list(passed(made.window, draft.moment(now).date(), "objects[0]")):
        raise InputError(
            Message("The object can no longer be visited."),
            [replace(problem, kind="bad-value") for problem in problems],
        )


def _object_of(item: Mapping[str, object], scenario: Scenario) -> VisitObject:
    (made,) = objects_of([FormDocument.of({"objects": [item]})], scenario, FORM).objects.values()
    return made


def _with_objects(scenario: Scenario, objects: Mapping[str, VisitObject]) -> Scenario:
    return replace(scenario, objects={**scenario.objects, **objects})


def set_clock(store: Store, clock: datetime, actor: str, now: datetime, seen: str) -> None:
    """Refused for a real year, and for a moment before the last change, which would then lie in the future."""
    with store.writing() as db:
        draft = seen_draft(db, seen)
        if not draft.is_rehearsal:
            raise Refused(Message("Only a rehearsal's clock can be set."))
        span, there = draft.scenario.span, moment_in(draft.scenario, clock)
        if not span.first - MOST_OUTSIDE <= there.date() <= span.last + MOST_OUTSIDE:
            raise InputError(Message("{given} is a year or more from the plan.", {"given": there.date()}))
        come = _last_moment(draft)
        if come is not None and there < come:
            raise Refused(
                Message(
                    "The clock cannot go back before {moment}, the last change. Give a later moment, or "
                    "begin another rehearsal.",
                    {"moment": come},
                )
            )
        audit.add(db, now, actor, events.ClockSet(local_time(there)))
        keep(db, draft, replace(draft, clock=there))


def _last_moment(draft: Draft) -> datetime | None:
    """The latest moment of the plan and of what waits for one; None before the first."""
    said = (entry.item.get("reported") for entry in draft.waiting)
    moments = [datetime.fromisoformat(one).replace(tzinfo=draft.scenario.zone) for one in said if one]
    return max([*moments, *([] if draft.plan is None else [draft.plan.as_of])], default=None)
