"""A year that is lived at random: whatever is pressed in whatever order, the year is the entries that stand.

Each rule presses what a page or a terminal offers, and says the same to a plain model; each invariant compares the two.
"""

import copy
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, Literal, get_args

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from arshjul.errors import InputError, Refused
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meeting
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from tests.office.console.year_checks import OPERATIONS, YearChecks, days, said_in
from tests.office.console.year_desk import (
    CALLS,
    FIRST,
    LAST,
    OFFICERS,
    PINNED,
    SHIFT,
    TEAMS,
    YearDesk,
    has_begun,
    lightly,
    published_town,
    with_call,
    with_closed,
    with_contact,
    with_meeting,
)
from tests.office.console.year_model import (
    EDITS,
    Edited,
    Entry,
    GivenBack,
    Locked,
    Lost,
    Outcome,
    Still,
    TakenOver,
    Undone,
    Version,
    Withdrawn,
    Word,
    YearModel,
)

STARTS = st.sampled_from([0, 7, 14])
"""The first date of what falls away, in days from the plan's first date that lies ahead."""

LENGTHS = st.sampled_from([5, 12, None])
"""Its dates; None: until further notice."""


pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # a long counterexample

Then = Literal["waits", "chosen", "published"]
THEN = st.sampled_from(get_args(Then))
"""What is done at once about something that was said: nothing, or a plan that answers it is chosen, or published."""


class LivedYear(YearChecks, RuleBasedStateMachine):
    """A desk over a published town, and the model of it."""

    town: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self.desk = YearDesk.of(self.town, Path(self._folder.name))
        self.model = YearModel.published(self.desk.draft.made_plan.as_of, ["H1"])
        self.folder: tuple[Path, Version, str] | None = None
        self.backup: tuple[Path, YearModel] | None = None
        self.is_restored = False
        self.imported: Version | None = None

    def teardown(self) -> None:
        self.desk.store.engine.dispose()
        self._folder.cleanup()

    # What is seen, and what passes.

    def press(self) -> None:
        """Ten minutes pass, and somebody presses something."""
        self.desk.wait(1 / 6)

    def then(self, what: Then) -> None:
        """What is done about it at once."""
        if what != "waits" and not self.model.is_overtaken:
            self._answers()
            if what == "published":
                self._publishes()

    def day(self, n: int) -> date:
        """A date ahead: so many days after tomorrow, or after the plan's first date."""
        return max(FIRST, self.today + timedelta(days=1)) + timedelta(days=n)

    def withdrawal(self, n: int, *, is_open: bool = False) -> tuple[Entry, Withdrawn] | None:
        """One of the withdrawals that stand with what waits."""
        found = [one for one in self.wished().withdrawals.values() if not is_open or one[1].last is None]
        return found[n % len(found)] if found else None

    def undo_waits(self) -> bool:
        """True if the undo of the last publishing waits, or is in the draft's plan already."""
        last = self.model.last_publishing()
        new = (
            *self.model.waiting,
            *(entry for made in self.model.draft.since(self.model.served) for entry in made.entries),
        )
        return any(
            isinstance(entry.word, Undone) and last is not None and entry.word.versions == last.versions
            for entry in new
        )

    def row(self, entry: Entry) -> int:
        """The number under which the product has a waiting entry: the same place in the order of what waits."""
        mine = [one for one in self.model.waiting if not isinstance(one.word, EDITS)]
        assert len(mine) == len(self.draft.waiting), "what waits is not what was said"
        return self.draft.waiting[mine.index(entry)].number

    # The coordinator says something.

    @rule(units=st.sampled_from([("lpo",), ("border",), ("lpo", "border")]), start=STARTS, length=LENGTHS, then=THEN)
    def reports(self, units: tuple[str, ...], start: int, length: int | None, then: Then) -> None:
        self.press()
        first = self.day(start)
        last = None if length is None else first + timedelta(days=length - 1)
        word = Withdrawn(self.desk.new_id("withdrawals"), units, first, last, 0)
        self.desk.enter("withdrawals", _withdrawal_item(word))
        self.model.says(word)
        self.then(then)

    @precondition(lambda self: self.wished().withdrawals)
    @rule(n=st.integers(0, 2), left=st.sampled_from([0, 2]), length=LENGTHS, is_of_all=st.booleans(), then=THEN)
    def reports_anew(self, n: int, left: int, length: int | None, is_of_all: bool, then: Then) -> None:
        """A withdrawal is reported once more under its number: with another end, some officers left, of all units."""
        self.press()
        if (known := self.withdrawal(n)) is None:
            return
        entry, word = known
        last = None if length is None else max(word.first, self.today) + timedelta(days=length - 1)
        units = tuple(OFFICERS) if is_of_all else word.units
        new = Withdrawn(word.id, units, word.first, last, left)
        instead = entry if entry in self.model.waiting else None
        if last is not None and any(
            isinstance(one.word, Still) and one.word.withdrawal == word.id for one in self.model.waiting
        ):
            return
        self.desk.enter("withdrawals", _withdrawal_item(new))
        self.model.says(new, instead=instead)
        self.then(then)

    @precondition(lambda self: self.wished().withdrawals)
    @rule(n=st.integers(0, 2), part=st.sampled_from(["all", "first half", "second half"]), then=THEN)
    def gives_back(self, n: int, part: str, then: Then) -> None:
        self.press()
        if (known := self.withdrawal(n)) is None:
            return
        _, word = known
        middle = word.first + timedelta(days=2)
        ends = {"all": (None, None), "first half": (None, middle), "second half": (middle, None)}[part]
        back = GivenBack(self.desk.new_id("given_back"), word.id, *ends)
        self.desk.enter("given_back", _given_back_item(back))
        self.model.says(back)
        self.then(then)

    @precondition(lambda self: self.wished().withdrawals)
    @rule(n=st.integers(0, 2), then=THEN)
    def gives_back_itself(self, n: int, then: Then) -> None:
        """A unit gives back what was reported for it; of what others share, nobody's officers come back by it."""
        self.press()
        if (known := self.withdrawal(n)) is None:
            return
        entry, word = known
        back = GivenBack(self.desk.new_id("given_back"), word.id)
        sent = self.desk.send(f"police-{word.units[0]}", "given-back", {"withdrawal": word.id})
        try:
            self.desk.take_reports(f"police-{word.units[0]}")
        except (InputError, Refused):
            assert len(word.units) > 1, "it is its own, and refused"
            self.desk.put_aside(sent)
            return
        assert len(word.units) == 1, f"one unit gives back for all: {entry}"
        self.model.says(back, sent=sent)
        self.then(then)

    @precondition(lambda self: self.withdrawal(0, is_open=True))
    @rule(n=st.integers(0, 2), then=THEN)
    def says_that_it_goes_on(self, n: int, then: Then) -> None:
        self.press()
        if (known := self.withdrawal(n, is_open=True)) is None:
            return
        if any(isinstance(entry.word, Still) and entry.word.withdrawal == known[1].id for entry in self.model.waiting):
            return
        self.desk.enter("still", {"withdrawal": known[1].id})
        self.model.says(Still(known[1].id, self.model.last))
        self.then(then)

    @rule(operation=st.sampled_from(OPERATIONS), day=st.sampled_from([8, 15, 22]), then=THEN)
    def locks(self, operation: str, day: int, then: Then) -> None:
        self.press()
        if operation in self.draft.begun(self.desk.now):
            return
        word = Locked(operation, self.day(day))
        if self.day(day) > LAST:
            return
        self.desk.enter("pinned", {"operation": operation, "date": self.day(day).isoformat(), "shift": SHIFT})
        self.model.says(word)
        self.then(then)

    @rule(operation=st.sampled_from(OPERATIONS), then=THEN)
    def unlocks(self, operation: str, then: Then) -> None:
        self.press()
        if self.wished().locks(PINNED).get(operation) is None:
            return
        self.desk.enter("unpinned", {"operation": operation})
        self.model.says(Locked(operation, None))
        self.then(then)

    @rule(what=st.sampled_from(["title", "officers", "contact", "meeting", "closed"]), then=THEN)
    def edits(self, what: str, then: Then) -> None:
        self.press()
        n = self.model.last
        if what == "title":
            self.desk.edit_operation("OP-3", "title", f"Insats nr {n}")
            self.model.says(Edited("title", "OP-3", f"Insats nr {n}"))
        elif what == "officers" and "OP-3" in self.draft.begun(self.desk.now):
            return
        elif what == "officers":
            officers = 2 if self.draft.present.operations["OP-3"].officers == 3 else 3
            self.desk.edit_operation("OP-3", "officers", officers)
            self.model.says(Edited("officers", "OP-3", officers))
        elif what == "contact":
            self.desk.import_edit(with_contact("miljo", f"Vakt {n}"))
            self.model.says(Edited("contact", "miljo", f"Vakt {n}"))
        elif what == "meeting":
            self.desk.import_edit(with_meeting(_meeting(f"m{n}")))
            self.model.says(Edited("meeting", f"m{n}", True))
        else:
            day = self.day(10 + n % 9)
            if day <= LAST and day not in self.closed(self.wished()):
                self.desk.import_edit(with_closed(day))
                self.model.says(Edited("closed", day.isoformat(), True))
        self.then(then)

    @precondition(lambda self: "H2" not in self.model.calls)
    @rule()
    def adds_a_call(self) -> None:
        self.press()
        self.desk.add_call("H2")
        self.model.calls.add("H2")

    @precondition(lambda self: self.model.waiting)
    @rule(n=st.integers(0, 3))
    def takes_back(self, n: int) -> None:
        """Something that waits, or the edit, whole."""
        self.press()
        entry = self.model.waiting[n % len(self.model.waiting)]
        if isinstance(entry.word, EDITS):
            self.desk.take_back_edit()
            for edit in self.model.edits():
                self.model.take_back(edit)
            return
        rests = [rest for rest in self.model.rests_on_nothing(self.wished()) if rest is not entry]
        try:
            self.desk.take_back(self.row(entry))
        except (InputError, Refused):
            without = copy.deepcopy(self.model)
            without.take_back(entry)
            left = without.rests_on_nothing(without.wished(self.draft.moment(self.desk.now)))
            assert left != rests, "it is refused, and nothing rests on it"
            return
        self.model.take_back(entry)
        assert self.model.rests_on_nothing(self.wished()) == rests, f"what rests on it waits on: {entry}"

    # What became of operations.

    @precondition(lambda self: self.today >= FIRST)
    @rule(operation=st.sampled_from(OPERATIONS), result=st.sampled_from(["done", "aborted", "called-off"]), then=THEN)
    def tells_an_outcome(self, operation: str, result: str, then: Then) -> None:
        self.press()
        place = self.draft.made_plan.placed.get(operation)
        if place is None:
            return
        begins_today = result == "called-off" and place.slot.day == self.today
        if operation in self.draft.begun(self.desk.now) or begins_today:
            self._tells(Outcome(operation, place.slot.day, result), then)

    @precondition(lambda self: self.wished().outcomes())
    @rule(n=st.integers(0, 2), result=st.sampled_from(["done", "aborted", "called-off"]), then=THEN)
    def corrects_an_outcome(self, n: int, result: str, then: Then) -> None:
        self.press()
        known = [one for one, said in self.wished().outcomes().items() if said != result]
        if known:
            self._tells(Outcome(*known[n % len(known)], result), then)

    def _tells(self, word: Outcome, then: Then) -> None:
        item = {"operation": word.operation, "date": word.day.isoformat(), "result": word.result}
        self.desk.enter("outcomes", item)
        self.model.says(word)
        self.then(then)

    # A party says something, and the coordinator takes it in.

    @rule(agency=st.sampled_from(sorted(TEAMS)), start=STARTS, length=st.sampled_from([3, 12]), then=THEN)
    def loses_teams(self, agency: str, start: int, length: int, then: Then) -> None:
        self.press()
        first = self.day(start)
        word = Lost(self.model.last, agency, first, first + timedelta(days=length - 1), 0)
        sent = self.desk.send(f"agency-{agency}", "teams", _lost_body(word))
        self.desk.take_reports(f"agency-{agency}")
        self.model.says(word, sent=sent)
        self.then(then)

    @precondition(lambda self: self.wished().of(Lost))
    @rule(n=st.integers(0, 2), length=st.sampled_from([1, 6]), then=THEN)
    def corrects_its_loss(self, n: int, length: int, then: Then) -> None:
        self.press()
        last = {word.id: (one, word) for one, word in self.wished().numbered(Lost)}
        if not last:
            return
        entry, word = list(last.values())[n % len(last)]
        new = Lost(word.id, word.agency, word.first, word.first + timedelta(days=length - 1), 0)
        sent = self.desk.send(f"agency-{word.agency}", "teams", _lost_body(new), entry.sent)
        self.desk.take_reports(f"agency-{word.agency}")
        self.model.says(new, sent=sent, instead=entry if entry in self.model.waiting else None)
        self.then(then)

    @rule(unit=st.sampled_from(sorted(OFFICERS)), start=STARTS, then=THEN)
    def falls_away(self, unit: str, start: int, then: Then) -> None:
        """A unit reports for itself."""
        self.press()
        first = self.day(start)
        word = Withdrawn(self.desk.new_id("withdrawals"), (unit,), first, first + timedelta(days=9), 0)
        body = {"from": first.isoformat(), "to": word.last.isoformat() if word.last else "", "officers_left": 0}
        sent = self.desk.send(f"police-{unit}", "report", body)
        self.desk.take_reports(f"police-{unit}")
        self.model.says(word, sent=sent)
        self.then(then)

    @rule(
        party=st.sampled_from(sorted({**OFFICERS, **TEAMS})),
        call=st.sampled_from(sorted(CALLS)),
        number=st.sampled_from([3, 5]),
        then=THEN,
    )
    def offers(self, party: str, call: str, number: int, then: Then) -> None:
        """A party offers for a call, and the coordinator takes it over."""
        self.press()
        own = {**OFFICERS, **TEAMS}[party]
        is_so = all(self.wished().offered(party, day, own) == number for day in days(*CALLS[call]))
        if call not in self.model.calls or is_so:
            return
        kind, what = ("police", "officers") if party in OFFICERS else ("agency", "teams")
        sent = self.desk.send(f"{kind}-{party}", f"{what}-offer", {"call": call, what: [{what: number}]})
        self.desk.take_offer(sent)
        self.model.offers[sent] = TakenOver(sent, party, *CALLS[call], number)
        self.model.says(self.model.offers[sent], sent=sent)
        self.then(then)

    # Plans.

    @precondition(lambda self: self.model.waiting and not self.model.is_overtaken)
    @rule(option=st.integers(0, 2))
    def chooses(self, option: int) -> None:
        self.press()
        self._answers(option)

    def _answers(self, option: int = 0) -> None:
        """Works out what answers all that waits, and chooses one of it. What is named as unusable is taken back."""
        for number in self.draft.refused(self.desk.now):
            rows = {self.row(one): one for one in self.model.waiting if not isinstance(one.word, EDITS)}
            entry = rows[number]
            assert self._may_be_refused(entry), f"no plan can take it in: {entry}"
            self.desk.take_back(number)
            self.model.take_back(entry)
        if not self.model.waiting:
            return
        before, wished, moment = self.draft, self.wished(), self.draft.moment(self.desk.now)
        is_undo = any(isinstance(one.word, Undone) for one in self.model.waiting)
        number, found = self.desk.work_out()
        note(f"options: {found}")
        self.desk.choose(number, found[option % len(found)])
        self.model.answer(moment)
        if is_undo:
            self.keep_musts(before.made_plan, self.draft.scenario, self.draft.made_plan, wished)

    def _may_be_refused(self, entry: Entry) -> bool:
        """True if time, or a plan that others published, has made it useless."""
        word = entry.word
        if isinstance(word, Locked):
            return word.operation in self.draft.begun(self.desk.now) or (word.day or LAST) <= self.today
        if isinstance(word, Outcome):
            place = self.draft.made_plan.placed.get(word.operation)
            return place is None or place.slot.day != word.day
        return entry in self.model.rests_on_nothing(self.wished())

    @precondition(lambda self: not self.model.is_empty and not self.model.is_overtaken)
    @rule()
    def publishes(self) -> None:
        """Publishes the draft, with a plan that answers what waits."""
        self.press()
        self._answers()
        self._publishes()

    def _publishes(self) -> None:
        if self.model.is_empty:
            return
        moved = self.moved_after_they_began(self.draft.made_plan)
        try:
            self.desk.publish()
        except Refused:
            assert moved, "it is refused, and nothing has begun meanwhile"
            return
        self.model.publish()
        assert not moved, f"published after it began: {moved}"

    def moved_after_they_began(self, plan: Plan) -> list[str]:
        """What has begun where it is served, and is elsewhere in the plan; what was called off has not begun."""
        served, now = self.draft.served, self.draft.moment(self.desk.now)
        assert served is not None
        off = {key for key, said in self.model.draft.standing.outcomes().items() if said == "called-off"}
        return [
            placement.operation
            for placement in served.plan.placements
            if has_begun(served.scenario, placement, now)
            and (placement.operation, placement.slot.day) not in off
            and not placement.same_place(plan.placed.get(placement.operation))
        ]

    @precondition(lambda self: self.folder is None or self.folder[1] is not self.model.draft)
    @rule()
    def it_checks_out(self) -> None:
        self.press()
        served = self.draft.served
        assert served is not None
        self.folder = (self.desk.check_out(), self.model.draft, served.revision.hash)

    @precondition(lambda self: self.folder is not None)
    @rule(what=st.sampled_from(["withdrawal", "meeting", "call"]))
    def it_publishes(self, what: str) -> None:
        """Somebody replans the folder with something of their own, and publishes it."""
        self.press()
        assert self.folder is not None
        folder, version, seen = self.folder
        self.folder, n = None, self.model.last
        moved, is_called = self.moved_after_they_began(read_plan_folder(folder).plan), "H3" in self.model.calls_served
        served = self.draft.served
        assert served is not None
        is_seen = self.model.served in version.path() and served.revision.hash == seen
        if not is_seen or (what == "call" and is_called):
            return
        said: list[Word] = []
        publish = partial(self.desk.publish_outside, folder, seen)
        try:
            if what == "withdrawal":
                word = Withdrawn(f"Z{n}", ("border",), self.day(5), self.day(9), 0)
                publish(withdrawal=_withdrawal_item(word))
                said.append(word)
            elif what == "meeting":
                publish(edit=with_meeting(_meeting(f"m{n}")))
                said.append(Edited("meeting", f"m{n}", True))
            else:
                publish(edit=with_call("H3"))
                self.model.calls_served.add("H3")
        except Refused:
            assert moved, "it is refused, and nothing has begun meanwhile"
            return
        self._was_published_outside(version, *said)
        assert not moved, f"published after it began: {moved}"

    def _was_published_outside(self, folder: Version, *words: Word) -> None:
        """A draft that was begun has to start over, or does so where an edit is to wait again; others follow."""
        served = self.draft.served
        assert served is not None
        begun, gone = self.model.draft, self.model.served.taken_back()
        self.model.publish_outside(folder, served.plan.as_of, words)
        if self.draft.is_overtaken:
            return
        if begun in self.model.served.path():
            self.model.follow()
            return
        is_again = any(one.again for name, (_, one) in self.model.served.taken_back().items() if name not in gone)
        assert is_again and self.model.edits(), "somebody else has published, and what was chosen is gone"
        self.model.start_over(keep_edit=True)

    @precondition(lambda self: self.model.is_overtaken or self.model.draft is not self.model.served)
    @rule(keep_edit=st.booleans())
    def starts_over(self, keep_edit: bool) -> None:
        self.press()
        self.desk.start_over(keep_edit=keep_edit)
        assert not self.draft.is_overtaken, "it has started over from what is served, and is overtaken still"
        self.model.start_over(keep_edit=keep_edit)

    # What is taken back, and what comes again.

    @precondition(lambda self: self.model.publishings and self.model.draft is self.model.served)
    @precondition(lambda self: not self.model.is_overtaken and not self.undo_waits())
    @rule(again=st.booleans(), then=THEN)
    def undoes(self, again: bool, then: Then) -> None:
        """The last publishing is to be taken back, by the next plan."""
        self.press()
        self.desk.undo(again=again)
        last = self.model.last_publishing()
        assert last is not None
        self.model.says(Undone(last.versions, again))
        self.then(then)

    @precondition(lambda self: self.model.publishings)
    @rule(again=st.booleans())
    def undoes_at_a_terminal(self, again: bool) -> None:
        self.press()
        self._undoes_at_once(again=again)

    @precondition(lambda self: self.model.publishings)
    @rule()
    def undoes_and_back(self) -> None:
        """Undo and undo of it change nothing of what stands."""
        self.press()
        before = self.draft.served
        stood = [entry for entry in self.model.served.standing.entries if not isinstance(entry.word, Undone)]
        assert before is not None
        self._undoes_at_once(again=False)
        self._undoes_at_once(again=False)
        after = self.draft.served
        assert after is not None
        now = self.draft.moment(self.desk.now)
        ahead = {
            placement.operation: placement
            for placement in before.plan.placements
            if not has_begun(before.scenario, placement, now)
        }
        then = {id: after.plan.placed.get(id) for id in ahead}
        stands = [entry for entry in self.model.served.standing.entries if not isinstance(entry.word, Undone)]
        assert stands == stood, "the model itself is wrong"
        other = [
            field.name
            for field in fields(Scenario)
            if getattr(before.scenario, field.name) != getattr(after.scenario, field.name)
        ]
        assert not other, f"undo and back leave another scenario: {other}"
        moved = {id: (one.slot, then[id]) for id, one in ahead.items() if not one.same_place(then[id])}
        assert not moved, f"undo and back leave other places: {moved}"

    def _undoes_at_once(self, *, again: bool) -> None:
        last, before = self.model.last_publishing(), self.draft
        assert last is not None
        served = before.served
        assert served is not None
        self.desk.publish_undo(again=again)
        self._was_published_outside(self.model.served, Undone(last.versions, again))
        now = self.draft.served
        assert now is not None
        self.keep_musts(served.plan, now.scenario, now.plan, self.model.served.standing)

    @precondition(lambda self: self.draft.present.span.last == LAST)
    @rule(then=THEN)
    def turns_the_year(self, then: Then) -> None:
        self.press()
        self.desk.turn()
        self.model.says(Edited("turned", "plan", True))
        self.then(then)

    @rule(hours=st.sampled_from([2, 24, 96]))
    def time_passes(self, hours: int) -> None:
        self.desk.wait(hours)

    @precondition(lambda self: self.backup is None)
    @rule()
    def backs_up(self) -> None:
        self.press()
        self.backup = (self.desk.back_up(), copy.deepcopy(self.model))

    @precondition(lambda self: self.backup is not None and not self.is_restored)
    @rule()
    def restores(self) -> None:
        self.press()
        assert self.backup is not None
        self.desk.restore(self.backup[0])
        self.is_restored = True
        self.model, self.folder = copy.deepcopy(self.backup[1]), None

    @precondition(lambda self: self.imported is not self.model.draft)
    @rule()
    def checks_out_and_imports(self) -> None:
        """A folder and another database lose nothing of the draft's plan."""
        self.press()
        self.imported = self.model.draft
        there = self.desk.imported(self.desk.check_out())
        assert there.scenario == self.draft.scenario
        assert there.plan is not None
        assert said_in(there.made_plan) == said_in(self.draft.made_plan)
        assert there.made_plan.placed == self.draft.made_plan.placed

    @invariant()
    def everything_holds(self) -> None:
        """Each check, in one line a step of what is reported."""
        self.check()


def _meeting(id: str) -> Meeting:
    return Meeting(id, id, (FIRST + timedelta(days=7),))


def _withdrawal_item(word: Withdrawn) -> dict[str, object]:
    end = {"until_further_notice": True} if word.last is None else {"to": word.last.isoformat()}
    start = {"id": word.id, "police": list(word.units), "from": word.first.isoformat()}
    return {**start, **end, "officers_left": word.left}


def _given_back_item(word: GivenBack) -> dict[str, object]:
    ends = {"from": word.first, "to": word.last}
    given = {key: day.isoformat() for key, day in ends.items() if day is not None}
    return {"id": word.id, "withdrawal": word.withdrawal, **given}


def _lost_body(word: Lost) -> dict[str, object]:
    return {"from": word.first.isoformat(), "to": word.last.isoformat(), "teams_left": word.left, "cause": "illness"}


# A step is up to three presses: something is said, a plan that answers it is chosen, and published.
SETTINGS = settings(
    stateful_step_count=8,
    phases=[literal for literal in Phase if literal is not Phase.explain],  # the steps say enough
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    report_multiple_bugs=False,
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = published_town(tmp_path_factory.mktemp("town"))
    with pytest.MonkeyPatch.context() as patch:
        lightly(patch, made)
        yield made


def lived(town: Path, runs: int) -> None:
    LivedYear.town = town
    run_state_machine_as_test(LivedYear, settings=settings(SETTINGS, max_examples=runs))


def test_a_year_is_its_entries(town: Path) -> None:
    lived(town, 10)


@pytest.mark.slow
def test_more_years_are_their_entries(town: Path) -> None:
    lived(town, 1_000)


def answered(desk: YearDesk) -> list[str]:
    """The log's word on each answered entry, the latest first."""
    return [str(line.about) for line in desk.logbook(desk.draft) if str(line.about).startswith("answered")]


def chosen(desk: YearDesk) -> None:
    number, found = desk.work_out()
    desk.choose(number, found[0])


def lock(desk: YearDesk) -> None:
    desk.wait(1 / 6)
    day = (FIRST + timedelta(days=8)).isoformat()
    desk.enter("pinned", {"operation": "OP-1", "date": day, "shift": SHIFT})


def undo(desk: YearDesk, *, again: bool) -> None:
    desk.wait(1 / 6)
    desk.publish_undo(again=again)


@pytest.mark.parametrize("is_chosen", [False, True])
def test_an_edit_that_waits_again_leaves_a_later_one_as_it_is(town: Path, tmp_path: Path, is_chosen: bool) -> None:
    """Somebody takes back the last publishing, while the coordinator has edited the same once more."""
    desk = YearDesk.of(town, tmp_path)

    def titled(text: str, *, is_chosen: bool) -> None:
        desk.wait(1 / 6)
        desk.edit_operation("OP-3", "title", text)
        if is_chosen:
            chosen(desk)

    titled("Den första", is_chosen=True)
    desk.publish()
    titled("Den senare", is_chosen=is_chosen)
    undo(desk, again=True)
    draft = desk.draft
    if draft.is_overtaken:
        desk.start_over(keep_edit=True)
    assert desk.draft.present.operations["OP-3"].title == "Den senare"
    desk.store.engine.dispose()


def test_both_of_two_equal_locks_are_answered_again(town: Path, tmp_path: Path) -> None:
    """Two versions of one publishing lock the same. It is taken back, so that the later waits, and comes back."""
    desk = YearDesk.of(town, tmp_path)
    for _ in range(2):
        lock(desk)
        chosen(desk)
    desk.publish()
    undo(desk, again=True)
    undo(desk, again=False)
    assert answered(desk) == ["answered by version 3", "answered by version 2"]
    desk.store.engine.dispose()


def test_what_the_draft_has_chosen_once_more_waits_once(town: Path, tmp_path: Path) -> None:
    """A lock waits after an undo and is chosen; the undo is undone, and this undo too: the lock stays one entry."""
    desk = YearDesk.of(town, tmp_path)
    lock(desk)
    chosen(desk)
    desk.publish()
    undo(desk, again=True)
    chosen(desk)
    undo(desk, again=False)
    assert answered(desk) == ["answered by version 2"]
    undo(desk, again=False)
    assert answered(desk) == []
    desk.start_over(keep_edit=False)
    assert [entry.list for entry in desk.draft.waiting] == ["pinned"]
    desk.store.engine.dispose()


def test_what_a_giving_back_rests_on_is_reported_anew(town: Path, tmp_path: Path) -> None:
    desk = YearDesk.of(town, tmp_path)
    dates = {"from": FIRST.isoformat(), "to": (FIRST + timedelta(days=4)).isoformat()}
    report = {"id": "W9", "police": ["border"], **dates, "officers_left": 0}
    desk.enter("withdrawals", report)
    desk.enter("given_back", {"id": "T9", "withdrawal": "W9"})
    desk.wait(1 / 6)
    desk.enter("withdrawals", {**report, "officers_left": 1})
    assert [entry.list for entry in desk.draft.waiting] == ["given_back", "withdrawals"]
    desk.store.engine.dispose()
