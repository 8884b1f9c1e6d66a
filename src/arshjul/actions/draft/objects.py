"""Objects to visit: added, edited, removed, taken from a workbook, and bound; each waits for a plan as an edit does."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from arshjul.actions.draft.draft import Draft, keep, opened_draft, seen_draft
from arshjul.actions.draft.edit_operation import edit_in, edit_year
from arshjul.actions.draft.sent_workbook import sent_objects
from arshjul.domain.known_sites import objects_with_known_sites
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import VisitObject, frame_of
from arshjul.errors import InputError, Message, Refused
from arshjul.formats.catalogues import words
from arshjul.formats.scenario.objects import objects_of
from arshjul.formats.tree import FORM, FormDocument
from arshjul.planning.check.idle_entries import passed
from arshjul.store.events import ObjectAdded, ObjectEdited, ObjectRemoved, ObjectsTaken
from arshjul.store.store import Store, Transaction


def add_object(store: Store, item: Mapping[str, object], actor: str, now: datetime, seen: str) -> None:
    with store.writing() as db:
        add_object_in(db, item, actor, now, seen)


def add_object_in(db: Transaction, item: Mapping[str, object], actor: str, now: datetime, seen: str) -> None:

    def added(draft: Draft) -> Scenario:
        made = _made(item, draft.present)
        _refuse_passed(made, draft, now)
        if made.id in draft.present.objects:
            raise InputError(Message("The id {given} is taken: choose another.", {"given": made.id}))
        return _with(draft.present, {made.id: made})

    edit_in(db, added, ObjectAdded(str(item.get("id", ""))), actor, now, seen)


def edit_object(store: Store, id: str, item: Mapping[str, object], actor: str, now: datetime, seen: str) -> None:
    """Gives an object other values; it keeps its sites unless others are given."""

    def edited(draft: Draft) -> Scenario:
        old, made = open_object(draft, id, now), _made({**item, "id": id}, draft.present)
        if made.window != old.window:
            _refuse_passed(made, draft, now)
        return _with(draft.present, {id: made if made.sites else replace(made, sites=old.sites)})

    edit_year(store, edited, ObjectEdited(id), actor, now, seen)


def remove_object(store: Store, id: str, actor: str, now: datetime, seen: str) -> None:

    def without(draft: Draft) -> Scenario:
        gone, scenario = open_object(draft, id, now), draft.present
        return replace(scenario, objects={key: one for key, one in scenario.objects.items() if key != gone.id})

    edit_year(store, without, ObjectRemoved(id), actor, now, seen)


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
        edit_year(store, lambda draft: _with(draft.present, news), ObjectsTaken(len(news)), actor, now, seen)
    return len(news)


def ask_to_bind(store: Store, now: datetime, seen: str) -> None:
    """Lets the draft ask for the objects to be bound, also where none of them is new."""
    with store.writing() as db:
        draft = seen_draft(db, seen)
        if draft.given is None:
            keep(db, draft, replace(draft, given=draft.scenario), words(draft.scenario.language), now)


def _refuse_passed(made: VisitObject, draft: Draft, now: datetime) -> None:
    if problems := list(passed(made.window, draft.moment(now).date(), "objects[0]")):
        raise InputError(
            Message("The object can no longer be visited."), [replace(one, kind="bad-value") for one in problems]
        )


def _made(item: Mapping[str, object], scenario: Scenario) -> VisitObject:
    (made,) = objects_of([FormDocument.of({"objects": [item]})], scenario, FORM).objects.values()
    return made


def _with(scenario: Scenario, objects: Mapping[str, VisitObject]) -> Scenario:
    return replace(scenario, objects={**scenario.objects, **objects})
