"""The year for pages: opened once per state of the database, not per page."""

import threading
from collections.abc import Callable
from datetime import datetime
from operator import is_
from typing import Generic, TypeVar

from arshjul.office.draft.answers import unanswered
from arshjul.office.draft.compare_options import Comparison, compare_options
from arshjul.office.draft.compare_scenario import ScenarioDifference, SentWorkbook, waiting_edit
from arshjul.office.draft.draft import Draft
from arshjul.office.draft.logbook import EntrySentences
from arshjul.office.draft.options import FoundOption, options_of
from arshjul.office.draft.publish_draft import DraftDifference, difference, has_difference
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.draft.take_back import WaitingEdits, waiting_edits
from arshjul.office.publishing.served_revision import milestones_told
from arshjul.office.store import revisions
from arshjul.office.store.store import Store
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.slot_tables import SlotTables
from arshjul.year.planning.places.explain import Explanation, explain, in_language
from arshjul.year.planning.places.finder import Alternative, StandingPlan, moving_nothing
from arshjul.year.planning.today import Today
from arshjul.year.planning.today import today as state_of
from arshjul.year.texts import Words

T = TypeVar("T")

MOST_UPLOADS = 4

MOST_KEPT = 4  # the results kept of the same objects: two languages, for those who see all and those who do not


class Uploads:
    """The workbook that each session sent last; in memory alone, because of the sites in it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: dict[str, SentWorkbook] = {}

    def keep(self, session: str, sent: SentWorkbook) -> None:
        with self._lock:
            self._sent.pop(session, None)
            self._sent[session] = sent
            while len(self._sent) > MOST_UPLOADS:
                self._sent.pop(next(iter(self._sent)))

    def forget(self, session: str) -> None:
        with self._lock:
            self._sent.pop(session, None)

    def of(self, session: str) -> SentWorkbook | None:
        return self._sent.get(session)


class Kept(Generic[T]):
    """Results computed from the same objects, by what else they were asked with, until other objects are given.

    A thread that is slower than another puts its result where nobody looks for it any more.
    """

    def __init__(self) -> None:
        self._known: tuple[tuple[object, ...], list[tuple[object, T]]] = ((), [])

    def of(self, sources: tuple[object, ...], key: object, make: Callable[[], T]) -> T:
        known = self._known
        if len(known[0]) != len(sources) or not all(map(is_, known[0], sources)):
            known = self._known = (sources, [])
        for there, made in known[1]:
            if there == key:
                return made
        known[1].append((key, made := make()))
        del known[1][:-MOST_KEPT]
        return made


class Years:
    """Results computed from the draft's plan.

    A plan read again from the same bytes is the same object: a waiting entry does not change the plan, so that the
    results remain valid.
    """

    def __init__(self) -> None:
        self._sound: tuple[Plan, SlotTables] | None = None
        self._options: tuple[tuple[datetime, int], tuple[FoundOption, ...]] | None = None
        self._today: Kept[Today] = Kept()
        self._standing: Kept[StandingPlan] = Kept()
        self._places: Kept[tuple[Explanation, list[Alternative]]] = Kept()
        self._drawn: Kept[bytes] = Kept()
        self._edit: Kept[ScenarioDifference | None] = Kept()
        self._edits: Kept[WaitingEdits] = Kept()
        self._sentences: Kept[EntrySentences] = Kept()
        self._compared: Kept[Comparison] = Kept()
        self._differences: Kept[DraftDifference] = Kept()
        self.uploads = Uploads()
        self.waits: tuple[int, bool] | None = None
        """The number of waiting tasks, and whether any is urgent, by the first page; None after any action."""

    def now(self, store: Store) -> Draft:
        """The current draft. InputError if the database has no year."""
        with store.reading() as db:
            return opened_draft(db)

    def told(self, store: Store) -> FeedHistory:
        """The coordinator's calendar of milestones, as served."""
        with store.reading() as db:
            return milestones_told(db)

    def today(self, scenario: Scenario, plan: Plan, asked: Entries, moment: datetime, told: FeedHistory) -> Today:
        """The state of a plan with waiting entries, once a quarter of an hour; its check and offers once per plan."""

        def compute() -> Today:
            sound = self._sound
            is_sound = sound is not None and sound[0] is plan
            slots = sound[1] if sound is not None and is_sound else SlotTables.of(scenario)
            state = state_of(scenario, plan, asked, moment, checked=is_sound, slots=slots, history=told)
            self._sound = (plan, slots)
            return state

        quarter = moment.replace(minute=moment.minute - moment.minute % 15)
        return self._today.of((plan, told), (quarter, asked), compute)

    def standing(self, scenario: Scenario, plan: Plan, moment: datetime) -> StandingPlan:
        return self._standing.of((plan,), moment.date(), lambda: StandingPlan.of(scenario, plan, moment))

    def places(
        self, scenario: Scenario, plan: Plan, moment: datetime, operation: str, most: int, language: str
    ) -> tuple[Explanation, list[Alternative]]:
        """Why an operation stands where it does, and up to `most` other places for it, once a day and plan."""

        def compute() -> tuple[Explanation, list[Alternative]]:
            standing = self.standing(scenario, plan, moment)
            problem = standing.problem({operation})
            free = moving_nothing(problem, operation)
            worded = in_language(language, scenario, plan, {operation})
            why = explain(scenario, worded, operation, moment, standing, problem, free)
            return why, standing.alternatives(problem, operation, most, free)

        return self._places.of((plan,), (moment.date(), operation, most, language), compute)

    def drawn(self, plan: Plan, name: str, draw: Callable[[], bytes]) -> bytes:
        return self._drawn.of((plan,), name, draw)

    def edit(self, draft: Draft, begun: frozenset[str], words: Words) -> ScenarioDifference | None:
        return self._edit.of((draft,), (begun, words.language), lambda: waiting_edit(draft, begun, words))

    def edits(self, store: Store, draft: Draft, words: Words) -> WaitingEdits:
        return self._edits.of((draft,), words.language, lambda: waiting_edits(store, draft, words))

    def sentences(self, draft: Draft) -> EntrySentences:
        return self._sentences.of((draft,), None, lambda: EntrySentences(draft))

    def compared(self, draft: Draft, options: tuple[FoundOption, ...], words: Words) -> Comparison:
        return self._compared.of((draft, options), words.language, lambda: compare_options(draft, options, words))

    def to_publish(self, store: Store, draft: Draft, words: Words) -> DraftDifference | None:
        """The difference that publishing the draft would make now, worked out once; None if its plan is served."""
        if not has_difference(draft):
            return None
        with store.reading() as db:
            undecided = unanswered(db, draft)
        key = (words.language, undecided)
        return self._differences.of((draft,), key, lambda: difference(draft, words, undecided))

    def options(self, store: Store, job: int) -> tuple[FoundOption, ...]:
        """The options found by a job; empty until it is done. All of them are then kept, until a copy is put back."""
        with store.reading() as db:
            of = (revisions.restored_at(db), job)
        known = self._options
        if known is None or known[0] != of:
            known = (of, options_of(store, job))
            if known[1]:
                self._options = known
        return known[1]
