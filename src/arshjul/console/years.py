"""The year for pages: opened once per state of the database, not per page."""

import threading
from collections.abc import Callable
from datetime import date, datetime

from arshjul.actions.draft.compare_scenario import ScenarioDifference, waiting_edit
from arshjul.actions.draft.draft import Draft, opened_draft
from arshjul.actions.draft.options import FoundOption, options_of
from arshjul.actions.draft.sent_workbook import SentWorkbook
from arshjul.actions.publishing.served_revision import milestones_told
from arshjul.agenda.feed_history import FeedHistory
from arshjul.domain.entries.entries import Entries
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.slot_tables import SlotTables
from arshjul.planning.places.standing_plan import StandingPlan
from arshjul.planning.today.today import Today
from arshjul.planning.today.today import today as state_of
from arshjul.store import drafts, revisions
from arshjul.store.store import Store, Transaction
from arshjul.texts import Words

_Mark = tuple[object, ...]

MOST_UPLOADS = 4


class Uploads:
    """The workbook that each session sent last; in memory alone, because of the sites in it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sent: dict[str, SentWorkbook] = {}

    def keep(self, session: str, sent: SentWorkbook) -> None:
        """Keeps a workbook until it is accepted, or displaced by those of other sessions."""
        with self._lock:
            self._sent.pop(session, None)
            self._sent[session] = sent
            while len(self._sent) > MOST_UPLOADS:
                self._sent.pop(next(iter(self._sent)))

    def forget(self, session: str) -> None:
        """Removes the session's workbook, which has been accepted."""
        with self._lock:
            self._sent.pop(session, None)

    def of(self, session: str) -> SentWorkbook | None:
        """The session's workbook; None if there is none, or the console was restarted."""
        return self._sent.get(session)


class Years:
    """The draft opened last, as long as it is current, and results computed from its plan.

    A plan read again from the same bytes is the same object: a waiting entry does not change the plan, so that the
    results remain valid.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mark: _Mark | None = None
        self._draft: Draft | None = None
        self._today: tuple[Plan, datetime, Entries, FeedHistory, Today] | None = None
        self._told: tuple[str, FeedHistory] | None = None
        self._sound: tuple[Plan, SlotTables] | None = None
        self._standing: tuple[Plan, date, StandingPlan] | None = None
        self._drawn: tuple[Plan | None, dict[str, bytes]] = (None, {})
        self._edit: tuple[Draft, frozenset[str], str, ScenarioDifference | None] | None = None
        self.uploads = Uploads()
        self._options: tuple[int, tuple[FoundOption, ...]] | None = None

    def now(self, store: Store) -> Draft:
        """The current draft. InputError if the database has no year."""
        with self._lock, store.reading() as db:
            mark = _mark(db)
            if self._draft is None or mark != self._mark:
                self._draft, self._mark = opened_draft(db), mark
            return self._draft

    def told(self, store: Store, draft: Draft) -> FeedHistory:
        """The coordinator's calendar of milestones, as served; read once per revision."""
        hash, known = "" if draft.served is None else draft.served.revision.hash, self._told
        if known is None or known[0] != hash:
            with store.reading() as db:
                known = self._told = (hash, milestones_told(db, draft.served))
        return known[1]

    def today(self, scenario: Scenario, plan: Plan, asked: Entries, moment: datetime, told: FeedHistory) -> Today:
        """The state of a plan with waiting entries, computed once per quarter of an hour.

        The check of rules and the times of offers are computed once per plan.
        """
        quarter = moment.replace(minute=moment.minute - moment.minute % 15)
        known, sound = self._today, self._sound
        if known is None or known[0] is not plan or known[1:3] != (quarter, asked) or known[3] is not told:
            is_sound = sound is not None and sound[0] is plan
            slots = sound[1] if sound is not None and is_sound else SlotTables.of(scenario)
            state = state_of(scenario, plan, asked, moment, checked=is_sound, slots=slots, history=told)
            known, self._sound = (plan, quarter, asked, told, state), (plan, slots)
            self._today = known
        return known[4]

    def standing(self, scenario: Scenario, plan: Plan, moment: datetime) -> StandingPlan:
        """The standing plan as of that date."""
        known = self._standing
        if known is None or known[0] is not plan or known[1] != moment.date():
            known = self._standing = (plan, moment.date(), StandingPlan.of(scenario, plan, moment))
        return known[2]

    def drawn(self, plan: Plan, name: str, draw: Callable[[], bytes]) -> bytes:
        """The picture of a plan under that name, drawn once."""
        known = self._drawn
        if known[0] is not plan:
            known = self._drawn = (plan, {})
        if name not in known[1]:
            known[1][name] = draw()
        return known[1][name]

    def edit(self, draft: Draft, begun: frozenset[str], words: Words) -> ScenarioDifference | None:
        """The waiting edit of a draft, compared once in the language last asked for; None if there is none."""
        known = self._edit
        if known is None or known[0] is not draft or known[1:3] != (begun, words.language):
            known = self._edit = (draft, begun, words.language, waiting_edit(draft, begun, words))
        return known[3]

    def options(self, store: Store, job: int) -> tuple[FoundOption, ...]:
        """The options found by a job; empty until it is done. All of them are then kept."""
        known = self._options
        if known is None or known[0] != job:
            known = (job, options_of(store, job))
            if known[1]:
                self._options = known
        return known[1]


def _mark(db: Transaction) -> _Mark:
    """A value that changes whenever the draft does."""
    served = revisions.current(db)
    head = None if served is None else served.hash
    return (head, revisions.restored_at(db), *drafts.mark(db))
