"""Who may read what of an information sheet, from the moment that it changes, whatever is done in whatever order.

A machine draws what happens: sections are written, given to some or nobody, taken from readers; operations are
moved, cancelled and brought back; units are replaced, agencies leave and come; the coordinator takes readers away;
contacts are locked, revoked, invited; days pass. After each step every party looks, by the command and as pages and
PDF, and finds just what a model of its own lets it, which is written from ../shared/parties.md, section 14: who joins
later, or anew, gets nothing until the owner says so; who leaves reads no more, and is read no more.
"""

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest import mock

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from arshjul.errors import InputError
from arshjul.office.contacts import contacts as contact_actions
from arshjul.office.contacts.contacts import Invitation, invite, lock, readdress, revoke
from arshjul.office.store import audit
from arshjul.office.store.events import SheetNarrowed
from arshjul.office.store.store import make_store
from arshjul.office.sync import sync_diff as carrying
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry, make_portal
from arshjul.portal.actions import sheets
from arshjul.portal.actions.sheet_copy import copy_of
from arshjul.portal.actions.sheets import Writer
from arshjul.portal.pages import sheets as sheet_pages
from arshjul.portal.store import sessions
from arshjul.portal.store import sheets as rows
from arshjul.serving.guards import form_token
from arshjul.year.domain.information_sheet.sections import Section, sheet_of
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.domain.replan_context import context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import FREEZE_DAYS
from arshjul.year.formats.information_sheet.sheet_json import to_mapping
from arshjul.year.planning.verify import prices
from tests import builders, years
from tests.databases import whole
from tests.examples import examples
from tests.office.console.browser import Browser
from tests.portal.conftest import Office
from tests.portal.sheet_town import BEFORE_DUE, PARTIES, Readable, publish, town_in, year_with_sheets

OPERATIONS = ("OP-000", "OP-001")
STEP = timedelta(minutes=5)
AGENCIES, UNITS = {"a0", "a1", "a2"}, ("p0", "p1")


@dataclass
class Standing:
    """Where an operation stands, as it is published: its date, its unit, None if cancelled, and its agencies."""

    day: date
    unit: str | None
    agencies: set[str]

    @property
    def parties(self) -> set[str]:
        """Who takes part, by the names of their feeds."""
        unit = {f"police-{self.unit}"}
        return set() if self.unit is None else unit | {f"agency-{agency}" for agency in self.agencies}


@dataclass(frozen=True, slots=True)
class Held:
    """The files of a published year and its portal, and of each party's contact its id and address."""

    year: bytes
    portal: bytes
    contacts: dict[str, tuple[str, str]]


class Access(RuleBasedStateMachine):
    """Parties that write sheets, and a coordinator who changes who takes part."""

    held: Held
    n_found = 0
    """The writings that somebody has found, in all runs."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self.town = town_in(self.held.year, self.held.portal, self.folder)
        self.office, self.random = self.town.office, Random(28)
        self.office.now, self.kept = BEFORE_DUE, Remembered()
        self.year = year_with_sheets(len(OPERATIONS))
        self.plan = years.plan(self.year)
        self.stand = {
            id: Standing(one.slot.day, one.police, set(self.year.operations[id].agencies))
            for id, one in self.plan.placed.items()
        }
        self.since = {(id, party): BEFORE_DUE for id, one in self.stand.items() for party in one.parties}
        self.open = {f"{_kind(party)}-{party}": self.held.contacts[party][0] for party in PARTIES}
        self.locked = set[str]()
        self.browsers = {party: self._come(self.held.contacts[party.partition("-")[2]][1]) for party in self.open}
        self.town.models = {id: Readable() for id in OPERATIONS}
        for party in sorted(self.stand[OPERATIONS[0]].parties):
            writer = self.town.writer(party, OPERATIONS[0])
            assert writer is not None
            self.town.write(
                writer, "B", self.random, [reader.id for reader in writer.sheet.readers][1:], self.office.now
            )
            self._give(writer)

    def teardown(self) -> None:
        self._folder.cleanup()

    def _come(self, path: str) -> Browser:
        browser = self.office.stranger()
        assert browser.post(path, {}).status == 303
        with self.office.portal.writing() as db:
            for row in db.execute(sessions.CONTACTS.table.select()).all():
                sessions.RAISED.put(
                    db, sessions.RaisedSession(row.session, row.contact, self.office.now.replace(year=2029))
                )
        return browser

    # -- what parties do

    @rule(data=st.data(), operation=st.sampled_from(OPERATIONS))
    def gives(self, data: st.DataObject, operation: str) -> None:
        """Somebody writes a section, and gives all that it has written to some, or to nobody."""
        writer = self._writer(data, operation)
        if writer is None:
            return
        wanted = writer.sheet.sections
        id = data.draw(st.sampled_from(wanted))
        to = data.draw(st.lists(st.sampled_from([reader.id for reader in writer.sheet.readers]), unique=True))
        self.town.write(writer, id, self.random, to, self.office.now)
        self._give(writer)
        self._look()

    @rule(data=st.data(), operation=st.sampled_from(OPERATIONS))
    def takes(self, data: st.DataObject, operation: str) -> None:
        """Somebody takes a reader from a section, or from all."""
        writer = self._writer(data, operation)
        if writer is not None:
            reader = data.draw(st.sampled_from([one.id for one in writer.sheet.readers]))
            self.town.take(writer, reader, data.draw(st.sampled_from(["", "B", "C", "E"])))
            self._look()

    def _writer(self, data: st.DataObject, operation: str) -> Writer | None:
        """Who may write of it: until 30 days after the operation."""
        if self._is_over(operation):
            return None
        parties = sorted(self.stand[operation].parties & self.open.keys() - self.locked)
        return self.town.writer(data.draw(st.sampled_from(parties)), operation) if parties else None

    def _is_over(self, operation: str) -> bool:
        return self.office.now.date() - self.stand[operation].day > timedelta(days=29)

    def _give(self, writer: Writer) -> None:
        """Gives the drafts; refused while one of them is for somebody who takes part no more."""
        there = {reader.id for reader in writer.sheet.readers}
        if all(set(draft.to) <= there for draft in self.town.drafts(writer, self.office.now)):
            self.town.give(writer, self.office.now)
        else:
            with pytest.raises(InputError):
                self.town.give(writer, self.office.now)

    # -- what the coordinator does

    @rule(operation=st.sampled_from(OPERATIONS), unit=st.sampled_from([*UNITS, None]))
    def replaces_the_unit_or_cancels(self, operation: str, unit: str | None) -> None:
        """Another unit, none and so no operation, or the same again."""
        if self._is_free(self.stand[operation].day):
            self.stand[operation].unit = unit
            self._publish()

    @rule(operation=st.sampled_from(OPERATIONS), n=st.integers(0, 1), stays=st.booleans())
    def an_agency_leaves_or_comes(self, operation: str, n: int, stays: bool) -> None:
        """One of those that do not lead."""
        others = [party for party in PARTIES if party in AGENCIES - {self.year.operations[operation].lead_agency}]
        (self.stand[operation].agencies.add if stays else self.stand[operation].agencies.discard)(others[n])
        self._publish()

    @rule(operation=st.sampled_from(OPERATIONS), week=st.integers(0, 8))
    def moves(self, operation: str, week: int) -> None:
        """To another week: who reads what stays as it is."""
        day = date(2027, 3, 2 + OPERATIONS.index(operation)) + timedelta(days=7 * week)
        if self._is_free(min(day, self.stand[operation].day)):
            self.stand[operation].day = day
            self._publish()

    def _is_free(self, day: date) -> bool:
        """True beyond the frozen days: what is nearer keeps its date and its unit."""
        return (day - self.office.now.date()).days >= self.year.settings[FREEZE_DAYS]

    def _publish(self) -> None:
        made = {
            id: replace(self.year.operations[id], agencies=dict.fromkeys(sorted(one.agencies), 1))
            for id, one in self.stand.items()
        }
        year = replace(self.year, operations={**self.year.operations, **made})
        places = [
            Placement(id, builders.placement(day=one.day).slot, one.unit)
            for id, one in self.stand.items()
            if one.unit is not None
        ]
        self.office.now += STEP
        plan = _after(year, places, self.plan, self.office.now)
        folder = self.folder / f"plan{plan.revision}"
        years.published(self.office.store, years.write(folder, year, plan, self.plan), self.office.now)
        self.year, self.plan = year, plan
        self._carry()

    @rule(party=st.sampled_from(PARTIES), what=st.sampled_from(["lock", "unlock", "revoke", "invite"]))
    def changes_a_contact(self, party: str, what: str) -> None:
        """Locks or ends it, or lets it or a new one take part."""
        self.contact(party, what)

    def contact(self, party: str, what: str) -> None:
        """The same."""
        name = f"{_kind(party)}-{party}"
        id, path = self.open.get(name), ""
        if what == "invite" and id is None:
            (made,) = invite(self.office.store, [Invitation(party, "Ny", ["sheet"])], "test", self.office.now)
            self.open[name], path = made.contact.id, made.path
        elif what == "revoke" and id is not None:
            revoke(self.office.store, self.open.pop(name), "test", self.office.now)
            self.locked.discard(name)
        elif what == "lock" and id is not None:
            lock(self.office.store, id, "test", self.office.now)
            self.locked.add(name)
        elif what == "unlock" and id is not None:
            path = readdress(self.office.store, id, "test", self.office.now).path
            self.locked.discard(name)
        self.town.let_in = {(session, contact) for session, contact in self.town.let_in if contact != id}
        self._carry()
        if path:
            self.browsers[name] = self._come(path)

    @rule(
        operation=st.sampled_from(OPERATIONS), owner=st.sampled_from(PARTIES),
        reader=st.sampled_from(PARTIES), section=st.sampled_from(["B", "C", "D", "E", "F"]),
    )  # fmt: skip
    def takes_a_reader_away(self, operation: str, owner: str, reader: str, section: str) -> None:
        """From what is given by now of a section that she knows of."""
        self.order(operation, f"{_kind(owner)}-{owner}", f"{_kind(reader)}-{reader}", section)

    def order(self, operation: str, owner: str, reader: str, section: str) -> None:
        """The same, by the names of their feeds."""
        with self.office.store.writing() as db:
            audit.add(db, self.office.now, "test", SheetNarrowed(owner, operation, section, reader))
        self.town.models[operation].takes(owner, reader, section)
        self._carry()

    @rule(days=st.sampled_from([1, 20]))
    def days_pass(self, days: int) -> None:
        """What is due may be over."""
        self.office.now += timedelta(days=days)
        self._carry()

    def _carry(self) -> None:
        carry(self.office.store, self.office.portal, self.office.now, self.kept)
        self.town.look_again()
        there = {(id, party) for id, one in self.stand.items() for party in one.parties}
        self.since = {one: self.since.get(one, self.office.now) for one in there}
        self.office.now += STEP
        self._look()

    # -- what is found

    def _may(self, operation: str, party: str) -> set[int]:
        parties = self.stand[operation].parties
        if party not in parties:
            return set()
        return self.town.models[operation].by(party, self.since[operation, party], parties)

    def _look(self) -> None:
        for operation in OPERATIONS:
            for name in (f"{_kind(party)}-{party}" for party in PARTIES):
                may = self._may(operation, name)
                found = self._by_command(operation, name)
                assert found <= may, (operation, name)
                is_all = name in self.open and not self._is_over(operation)
                assert found == may or not is_all, "all that may be read is, drafts while they last"
                is_in = name in self.open and name not in self.locked
                for way in ("read", "pdf"):
                    found = self._by_page(operation, name, way)
                    assert found <= (may if is_in else set()), (operation, name, way)
                    type(self).n_found += len(found)

    def _by_command(self, operation: str, name: str) -> set[int]:
        try:
            copy, _ = copy_of(self.office.portal, self.town.sheets.keys, name, operation)
        except InputError:
            return set()
        return self.town.found(str(to_mapping(copy)))

    def _by_page(self, operation: str, name: str, way: str) -> set[int]:
        """What a contact finds by a form that it has had open."""
        browser = self.browsers[name]
        token = form_token(browser.cookies.get("arshjul-portal", ""))
        answer = browser.post(f"/sheets/{operation}/{way}", {"token": token, "contact": self.open.get(name, "")})
        return self.town.found(answer.body.decode())


def _kind(id: str) -> str:
    return "agency" if id.startswith("a") else "police"


def _after(year: Scenario, places: list[Placement], before: Plan, now: datetime) -> Plan:
    """The plan that follows another one, as a coordinator would publish it."""
    made = builders.plan(year, places, now.replace(tzinfo=None), before.revision + 1)
    base = Base(before.revision, made.as_of, before.placed)
    made = replace(made, base=base, earlier=before.revisions)
    return replace(made, prices=prices(context_of(year, made), made))


@pytest.fixture(autouse=True)
def _pdfs_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a PDF says, without its process."""
    monkeypatch.setattr(sheet_pages, "pdf_of", lambda content: json.dumps(content).encode())


@pytest.fixture(scope="module")
def held(empty_portal: bytes, tmp_path_factory: pytest.TempPathFactory) -> Held:
    folder = tmp_path_factory.mktemp("access")
    store = make_store(str(folder / "y.db"))
    publish(store, folder, len(OPERATIONS))
    (folder / "portal.db").write_bytes(empty_portal)
    (folder / "portal.db").chmod(0o600)
    office = Office(store, make_portal(str(folder / "portal.db")), BEFORE_DUE)
    contacts = {party: office.invited(party, "sheet") for party in PARTIES}
    for each in (office.store, office.portal):
        assert each.empty_log()
    return Held(whole(folder / "y.db"), whole(folder / "portal.db"), contacts)


def tried(held: Held, times: int, steps: int) -> int:
    """Lets the machine do so many things so many times; how much was found where it may be."""
    chosen = examples(times, times, stateful_step_count=steps, suppress_health_check=list(HealthCheck), deadline=None)
    machine: type[Access] = type("AccessThere", (Access,), {"held": held})
    run_state_machine_as_test(machine, settings=chosen)
    return machine.n_found


@pytest.mark.slow
def test_who_may_read_what_holds_over_long_lives(held: Held) -> None:
    assert tried(held, 20, 40)


def each_change(held: Held) -> None:
    """Everything that the machine may do to readers, once."""
    machine: Access = type("AccessThere", (Access,), {"held": held})()
    try:
        machine._look()
        machine.order(OPERATIONS[0], "agency-a1", "agency-a2", "B")
        first = machine.stand[OPERATIONS[0]]
        for unit in ("p1", "p0", None, "p0"):
            first.unit = unit
            machine._publish()
        for change in (first.agencies.discard, first.agencies.add):
            change("a1")
            machine._publish()
        assert "Myndighet 1 är med sedan" in machine.browsers["agency-a2"].get(f"/sheets/{OPERATIONS[0]}").text
        for what in ("lock", "unlock", "revoke", "invite"):
            machine.contact("a2", what)
    finally:
        machine.teardown()


EVERYBODY = [f"{_kind(one)}-{one}" for one in PARTIES]


@contextmanager
def both(*faults: AbstractContextManager[object]) -> Iterator[None]:
    """Where one of them alone is made good for."""
    with ExitStack() as stack:
        for fault in faults:
            stack.enter_context(fault)
        yield


FAULTS: dict[str, AbstractContextManager[object]] = {
    "who comes back reads what was given before": mock.patch.object(sheets, "CLOCKS_APART", timedelta(days=900)),
    "who has left is read on": mock.patch.object(
        sheets, "sheet_of", lambda operation, reader, _, written: sheet_of(operation, reader, EVERYBODY, written)
    ),
    "what the coordinator takes is not taken": mock.patch.object(rows, "put_orders", lambda *_: None),
    "a locked contact reads": both(
        mock.patch.object(contact_actions, "_shut_out", lambda *_: None),
        mock.patch.object(
            carrying,
            "_at_portal",
            lambda one, uses, made=carrying._at_portal: replace(made(one, uses), is_locked=False),
        ),
    ),
    "everybody reads": mock.patch.object(Section, "is_readable_by", lambda *_: True),
    "a given section goes to nobody": mock.patch.object(
        Section, "is_readable_by", lambda one, party: party == one.owner
    ),
}


def test_each_change_holds_from_that_moment(held: Held) -> None:
    each_change(held)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_who_may_read_is_seen(held: Held, fault: str) -> None:
    with FAULTS[fault], pytest.raises(AssertionError):
        each_change(held)
