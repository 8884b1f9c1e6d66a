"""Edits an operation, or what the year uses: the edited scenario waits for a plan."""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from arshjul.actions.draft.compare_scenario import record_edit
from arshjul.actions.draft.draft import NOMINATED, AlreadyDone, Draft, keep, seen_draft
from arshjul.actions.draft.enter import refuse_too_long
from arshjul.domain.feature import ALL_FEATURES, in_order
from arshjul.domain.ids import numbered
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message, Problem
from arshjul.formats.catalogues import words
from arshjul.formats.scenario.scenario import scenario_of
from arshjul.formats.scenario.scenario_json import scenario_mapping
from arshjul.formats.tree import FormDocument
from arshjul.planning.check.idle_entries import far_dates_asked, passed
from arshjul.planning.check.secret_places import SecretPlaces
from arshjul.planning.check.slips import of_persons
from arshjul.store import audit
from arshjul.store.events import FeatureOff, FeatureOn, LogEvent, OperationEdited, OperationsEdited
from arshjul.store.store import Store, Transaction


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
    event = OperationEdited(*ids) if len(ids) == 1 else OperationsEdited(len(ids))
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
    refuse_too_long([(NOMINATED, one) for one in news.values()])
    scenario = scenario_of(FormDocument.of(written), is_json=True)
    if not is_sure:
        places, today = SecretPlaces(draft.scenario, scenario), draft.moment(now).date()
        asked = [one for id, new in news.items() for one in _asked(scenario, id, new, places, today)]
        if asked:
            raise InputError(Message("Is it meant so?"), asked)
    return scenario


def _asked(
    scenario: Scenario, id: str, news: Mapping[str, object], places: SecretPlaces, today: date
) -> Iterator[Problem]:
    one = scenario.operations[id]
    yield from places.questions(NOMINATED, news)
    yield from of_persons(NOMINATED, news)
    yield from far_dates_asked(one, scenario.span)
    if "window" in news:
        yield from passed(one.window, today, f"{NOMINATED}[0]")


def edit_year(
    store: Store, edited: Callable[[Draft], Scenario], event: LogEvent, actor: str, now: datetime, seen: str
) -> None:
    with store.writing() as db:
        edit_in(db, edited, event, actor, now, seen)


def edit_in(
    db: Transaction, edited: Callable[[Draft], Scenario], event: LogEvent, actor: str, now: datetime, seen: str
) -> None:
    draft = seen_draft(db, seen)
    new = draft.edited(edited(draft))
    new.entries_with()
    audit.add(db, now, actor, event)
    keep(db, draft, new, words(draft.scenario.language), now)
    record_edit(db, draft, new, event, actor, now)
    new.refuse_no_edit(now)


def taken_ids(draft: Draft) -> Iterator[str]:
    yield from draft.ever_named().operations
    yield from (json.loads(one.body)["id"] for one in draft.waiting if one.list == NOMINATED)


def next_id(ids: Iterable[str]) -> str:
    """The id after the last one with the most common beginning; empty if no id ends with a number."""
    known = [found for id in ids if (found := numbered(id))]
    if not known:
        return ""
    ((usual, _),) = Counter(begin for begin, _ in known).most_common(1)
    last = max((number for begin, number in known if begin == usual), key=int)
    return f"{usual}{int(last) + 1:0{len(last)}}"


def use_features(store: Store, uses: Collection[str], actor: str, now: datetime, seen: str) -> None:
    """What was entered in others is kept, and is there again with them. AlreadyDone if these are used."""
    with store.writing() as db:
        year = seen_draft(db, seen).present
        new = replace(year, uses=in_order(uses))
        changed = [id for id in ALL_FEATURES if (id in year.uses) != (id in new.uses)]
        if not changed:
            raise AlreadyDone(Message("The change is already made: open the page again."))
        first, *more = [(FeatureOn if id in new.uses else FeatureOff)(id) for id in changed]
        edit_in(db, lambda _: new, first, actor, now, seen)
        for event in more:
            audit.add(db, now, actor, event)
