"""A town of three operations for a state machine, and the doors through which the console's pages drive its year."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial, wraps
from pathlib import Path
from shutil import copy
from typing import TypeVar, cast

import pytest

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.contacts.offers import answers_in, edit_call, offer_difference, take_offer
from arshjul.office.contacts.reports import enter_reports, put_aside
from arshjul.office.database import backup as backups
from arshjul.office.database.restore import restore
from arshjul.office.draft import options
from arshjul.office.draft.compare_scenario import take_over
from arshjul.office.draft.draft import Draft
from arshjul.office.draft.edit_operation import edit_operations
from arshjul.office.draft.enter import enter, next_id
from arshjul.office.draft.import_year import checkout, import_year, next_year, turn_year
from arshjul.office.draft.logbook import EntrySentences, LogbookLine, logbook
from arshjul.office.draft.options import choose, options_of
from arshjul.office.draft.publish_draft import (
    FEWEST_CHANGES,
    difference,
    plan_folder,
    publish_draft,
    publish_undo,
    undo,
)
from arshjul.office.draft.stored_draft import opened_draft, present_year
from arshjul.office.draft.study import JobAsked, begin, work_out
from arshjul.office.draft.take_back import start_over, take_back, take_back_edit
from arshjul.office.publishing.publish import Cause, publish
from arshjul.office.publishing.served_revision import FeedRenderer
from arshjul.office.store import contacts, party_entries
from arshjul.office.store.party_entries import PartyEntry
from arshjul.office.store.store import Store, make_store, open_store
from arshjul.office.sync.incoming import became_of
from arshjul.office.sync.outgoing import Remembered
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.contact import OfferCall
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.sent_offer import taken_offers
from arshjul.year.domain.settings import Meeting
from arshjul.year.domain.slot_tables import SlotTables
from arshjul.year.folder import plan_files
from arshjul.year.folder.replan import Entered, replan
from arshjul.year.folder.report import Period, report
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from arshjul.year.formats.scenario.scenario import scenario_of
from arshjul.year.formats.schema.party_entry import written_body
from arshjul.year.formats.tree import FormDocument
from arshjul.year.formats.workbook.writing import scenario_workbook
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.letters.year_log import LogLine, year_log
from arshjul.year.planning.next_year import Wishes
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.replan.replan import replan_from
from arshjul.year.planning.report.report import Report
from tests import builders
from tests.office.console.year_model import UNKNOWN_END_DAYS

FIRST, LAST = date(2027, 3, 1), date(2027, 4, 11)
NOW = datetime(2027, 2, 26, 5, 30, tzinfo=UTC)
"""When the machine begins: some days before the plan's first date, some steps before the shift of the day."""

OFFICERS = {"lpo": 6, "border": 4}
TEAMS = {"miljo": 2, "tax": 2}
PINNED = {"OP-2": date(2027, 3, 17)}
CALLS = {
    "H1": (date(2027, 3, 15), date(2027, 3, 28)),
    "H2": (date(2027, 3, 22), date(2027, 4, 4)),
    "H3": (date(2027, 4, 5), LAST),
}
"""The call that the year begins with, one that may be added at the desk, and one that others may publish."""

WORDS = builders.swedish()
DESK, IT = "samordnare", "it"
EFFORT = Effort(60)
SHIFT = "day"


def _operation(id: str, **keys: object) -> dict[str, object]:
    return {
        "id": id,
        "title": f"Insats {id}",
        "programme": "akc",
        "lead_agency": "miljo",
        "sector": f"s{id[-1]}",
        "area": "city",
        "priority": 2,
        "officers": 4,
        "police": ["lpo", "border"],
        "agencies": {"miljo": 1},
        "nominated_on": "2026-10-01",
        **keys,
    }


def _call(id: str) -> dict[str, object]:
    first, last = CALLS[id]
    return {"id": id, "from": first.isoformat(), "to": last.isoformat(), "due": "2027-02-20"}


def town() -> Scenario:
    """One operation that must be, one that is pinned, and one that is neither; six weeks long, a shift a day."""
    written = {
        "plan": {"name": "Town", "from": FIRST.isoformat(), "to": LAST.isoformat(), "language": "sv"},
        "shifts": [{"id": SHIFT, "name": "Dag", "start": "08:00", "end": "16:00"}],
        "areas": [{"id": "city", "name": "City"}],
        "police": [
            {"id": id, "name": id, "kind": "local", "areas": ["city"], "officers": [{"officers": n}]}
            for id, n in OFFICERS.items()
        ],
        "agencies": [{"id": id, "name": id, "kind": "state", "teams": [{"teams": n}]} for id, n in TEAMS.items()],
        "operations": [
            _operation("OP-1", must=True, police=["lpo"]),
            _operation("OP-2", fixed={"date": PINNED["OP-2"].isoformat(), "shift": SHIFT}),
            _operation("OP-3", officers=3, agencies={"tax": 1}, lead_agency="tax"),
        ],
        "calls": [_call("H1")],
        "rules": {"notice_days": 1, "freeze_days": 1, "unknown_end_days": UNKNOWN_END_DAYS},
    }
    return scenario_of(FormDocument.of(written), is_json=True)


def published_town(folder: Path) -> Path:
    """A database with the town's first plan, and a contact of each party, to be copied for each run.

    Beside it lies an empty one.
    """
    year, at = town(), NOW - timedelta(days=4)
    plan = make_plan(year, at.astimezone(year.zone), EFFORT).plan
    make_store(str(folder / "empty.db"), wal=False).engine.dispose()
    store = make_store(str(folder / "town.db"), wal=False)
    publish(store, plan_folder(year, plan), Cause("första planen", IT, at))
    parties = [*(f"police-{id}" for id in OFFICERS), *(f"agency-{id}" for id in TEAMS)]
    invite(store, [Invitation(party, "Vakthavande", ("report", "offer")) for party in parties], IT, at)
    return folder / "town.db"


Press = TypeVar("Press", bound=Callable[..., object])


def press(door: Press) -> Press:
    """A press after which the draft is read anew."""

    @wraps(door)
    def pressed(desk: "YearDesk", *args: object, **keys: object) -> object:
        try:
            return door(desk, *args, **keys)
        finally:
            desk._seen = None

    return cast("Press", pressed)


@dataclass
class YearDesk:
    """The town's database, its clock, and everything that somebody may press there."""

    folder: Path
    empty: Path
    now: datetime = NOW
    n: int = 0
    _seen: Draft | None = None

    def __post_init__(self) -> None:
        self.store: Store = open_store(str(self.folder / "y.db"))

    @classmethod
    def of(cls, like: Path, folder: Path) -> "YearDesk":
        """A desk over a copy of that database."""
        copy(like, folder / "y.db")
        return cls(folder, like.with_name("empty.db"))

    def name(self) -> str:
        """A name that nothing has yet."""
        self.n += 1
        return f"{self.n}"

    # What it shows.

    @property
    def draft(self) -> Draft:
        """The draft as it is after the last press."""
        if self._seen is None:
            with self.store.reading() as db:
                self._seen = opened_draft(db)
        return self._seen

    def moment(self) -> datetime:
        return self.draft.moment(self.now)

    def logbook(self, draft: Draft) -> Iterable[LogbookLine]:
        return logbook(self.store, EntrySentences(draft), 1).lines

    def year_log(self, scenario: Scenario, plan: Plan) -> list[LogLine]:
        return year_log(scenario, plan.entries)

    def report(self, draft: Draft) -> Report:
        return report(draft.scenario, draft.made_plan, Period(), max(draft.moment(self.now), draft.made_plan.as_of))

    def receipts(self) -> Mapping[str, str]:
        """What became of everything that parties have sent, by its number there."""
        with self.store.reading() as db:
            ids = [
                entry.id
                for entry in party_entries.of_kinds(
                    db, ("report", "given-back", "teams", "officers-offer", "teams-offer")
                )
            ]
            return {
                id: one.state
                for id, one in became_of(db, Remembered(taken=taken_offers(present_year(db))), ids, None).items()
            }

    def contacts(self) -> Mapping[str, date]:
        """The last date of each contact, by its party."""
        with self.store.reading() as db:
            zone = self.draft.scenario.zone
            return {contact.party: contact.expires_at.astimezone(zone).date() for contact in contacts.CONTACTS.all(db)}

    def wait(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    # What is pressed.

    @press
    def enter(self, list: str, item: Mapping[str, object]) -> None:
        enter(self.store, [(list, item)], DESK, self.now, self.draft.stamp)

    def new_id(self, list: str) -> str:
        return next_id(self.draft, self.now, list)

    @press
    def take_back(self, number: int) -> None:
        take_back(self.store, number, DESK, self.now, self.draft.stamp)

    @press
    def take_back_edit(self) -> None:
        take_back_edit(self.store, DESK, self.now, self.draft.stamp)

    @press
    def edit_operation(self, id: str, key: str, value: object) -> None:
        edit_operations(self.store, [id], {key: value}, DESK, self.now, self.draft.stamp)

    @press
    def import_edit(self, edited: Callable[[Scenario], Scenario]) -> None:
        """Takes a workbook over, as the page `/import` does."""
        draft = self.draft
        take_over(self.store, edited(draft.present), DESK, self.now, draft.stamp)

    @press
    def add_call(self, id: str) -> None:
        edit_call(self.store, _call(id), DESK, self.now, self.draft.stamp)

    @press
    def turn(self) -> None:
        draft = self.draft
        turn_year(self.store, next_year(draft, Wishes(), self.now), DESK, self.now, draft.stamp)

    @press
    def work_out(self) -> tuple[int, list[str]]:
        """The options that a job finds, by its number."""
        number, _ = begin(self.store, JobAsked(DESK, self.now, self.draft.stamp))
        work_out(self.store, number, lambda _: None)
        return number, [option.id for option in options_of(self.store, number)]

    @press
    def choose(self, number: int, option: str) -> None:
        choose(self.store, number, option, DESK, self.now, self.draft.stamp)

    @press
    def publish(self) -> None:
        digest = difference(self.draft, WORDS).digest
        publish_draft(self.store, digest, Cause("året går", DESK, self.now))

    @press
    def start_over(self, *, keep_edit: bool) -> None:
        start_over(self.store, DESK, self.now, self.draft.stamp, keep_edit=keep_edit)

    @press
    def undo(self, *, again: bool) -> None:
        """Puts the undo of the last publishing among what waits."""
        draft = self.draft
        assert draft.published is not None
        undo(self.store, draft.published.number, DESK, self.now, draft.stamp, again=again)

    # What a terminal does.

    @press
    def publish_undo(self, *, again: bool) -> None:
        """Takes the last publishing back at once."""
        published = self.draft.published
        assert published is not None
        publish_undo(self.store, published.number, Cause("tillbaka", IT, self.now), EFFORT, again=again, mail=False)

    def check_out(self) -> Path:
        folder = self.folder / f"folder-{self.name()}"
        checkout(self.store, folder, lambda _: None)
        return folder

    @press
    def publish_outside(
        self,
        folder: Path,
        seen: str,
        withdrawal: Mapping[str, object] | None = None,
        edit: Callable[[Scenario], Scenario] | None = None,
    ) -> None:
        """Replans a folder with an entry or an edit, and publishes it over the revision that was seen."""
        read, out = read_plan_folder(folder), self.folder / f"folder-{self.name()}"
        entries, edited = self.folder / f"{out.name}.json", None
        entries.write_text(json.dumps({"withdrawals": [] if withdrawal is None else [withdrawal]}))
        if edit is not None:
            edited = self.folder / f"{out.name}.xlsx"
            edited.write_bytes(scenario_workbook(edit(read.scenario)))
        entered = Entered(withdrawals=entries, scenario=edited)
        moment = self.now.astimezone(read.scenario.zone).replace(second=0, microsecond=0)
        replan(folder, entered, moment, EFFORT, lambda _: None, "fewest-changes", out)
        publish(self.store, read_plan_folder(out), Cause("från IT", IT, self.now), seen)

    def imported(self, folder: Path) -> Draft:
        """The year that a new database has of that folder."""
        into = str(copy(self.empty, self.folder / f"{folder.name}.db"))
        return import_year(folder, partial(open_store, into), IT, self.now, lambda _: None)

    def back_up(self) -> Path:
        file = self.folder / f"backup-{self.name()}.db"
        backups.backup(self.store, file, self.now)
        return file

    @press
    def restore(self, file: Path) -> None:
        self.store.engine.dispose()
        restore(file, str(self.folder / "y.db"), IT, self.now, replace=True, keep=True)
        self.store = open_store(str(self.folder / "y.db"))

    # What a party does.

    @press
    def send(self, party: str, kind: str, body: Mapping[str, object], corrects: str = "") -> str:
        """Something that a contact has sent, as it was carried in; its number there."""
        id = f"{self.name():0>32}"
        with self.store.writing() as db:
            entry = PartyEntry(
                id=id,
                contact=self.contact(party),
                key=id,
                party=party,
                kind=kind,
                body=written_body(body),
                corrects=corrects,
                seen="",
                reported=self.now,
                received=self.now,
                digest=id,
            )
            party_entries.ENTRIES.add(db, entry)
        return id

    def contact(self, party: str) -> str:
        """The id of the party's function."""
        with self.store.reading() as db:
            return next(one.id for one in contacts.CONTACTS.all(db) if one.party == party)

    @press
    def take_reports(self, party: str) -> None:
        assert enter_reports(self.store, self.contact(party), DESK, self.now, self.draft.stamp)

    @press
    def put_aside(self, id: str) -> None:
        put_aside(self.store, id, DESK, self.now)

    @press
    def take_offer(self, id: str) -> None:
        draft = self.draft
        with self.store.reading() as db:
            found = [
                (one.call, answer)
                for one in answers_in(db, draft.present)
                for answer in one.answers
                if answer.entry is not None and answer.entry.id == id
            ]
        ((call, answer),) = found
        mark = offer_difference(draft, call, answer, self.now, WORDS).mark
        take_offer(self.store, id, mark, DESK, self.now, draft.stamp)


def lightly(patch: pytest.MonkeyPatch, town: Path) -> None:
    """Leaves out what takes time, and what no check of the machine looks at.

    That is calendars and pictures, two of the three options, and the making of a new database's tables: it is a copy.
    """

    def made(given: str, *, wal: bool = True) -> Store:
        assert not wal
        copy(town.with_name("empty.db"), given)
        return open_store(given)

    patch.setattr(FeedRenderer, "feeds", lambda *_: ())
    patch.setattr(plan_files, "pictures", lambda *_, **__: {})
    patch.setattr(options, "replan_from", partial(replan_from, options=(FEWEST_CHANGES,)))
    patch.setattr(backups, "make_store", made)


# What a plan says of the town.


def with_meeting(meeting: Meeting) -> Callable[[Scenario], Scenario]:
    def edited(scenario: Scenario) -> Scenario:
        return replace(scenario, cycle=replace(scenario.cycle, meetings=(*scenario.cycle.meetings, meeting)))

    return edited


def with_call(id: str) -> Callable[[Scenario], Scenario]:
    first, last = CALLS[id]
    call = OfferCall(id, date(2027, 2, 20), span=Span(first, last))
    return lambda scenario: replace(scenario, calls=(*scenario.calls, call))


def with_contact(agency: str, function: str) -> Callable[[Scenario], Scenario]:
    def edited(scenario: Scenario) -> Scenario:
        new = replace(scenario.agencies[agency], contact=function)
        return replace(scenario, agencies={**scenario.agencies, agency: new})

    return edited


def with_closed(day: date) -> Callable[[Scenario], Scenario]:
    def edited(scenario: Scenario) -> Scenario:
        calendar = scenario.calendar
        return replace(scenario, calendar=replace(calendar, closed=(*calendar.closed, Span(day, day))))

    return edited


def offers(scenario: Scenario, plan: Plan) -> tuple[Callable[[str, date], int], Callable[[str, date], int]]:
    """What the product has of each unit's officers and of each agency's teams, by date."""
    tables = SlotTables.of(scenario.after(plan.entries.in_force(), plan.as_of.date()))

    def number(day: date) -> int:
        found = tables.grid.number(Slot(day, SHIFT))
        assert found is not None
        return found

    def officers(unit: str, day: date) -> int:
        return tables.offers.officers[unit][number(day)]

    def teams(agency: str, day: date) -> int:
        return tables.year.teams[agency][number(day)]

    return officers, teams


def has_begun(scenario: Scenario, placement: Placement, moment: datetime) -> bool:
    return datetime.combine(placement.slot.day, time(8), scenario.zone) <= moment
