"""What holds of a year whatever was pressed: the product says of it what follows from the entries that stand."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from arshjul.errors import Message
from arshjul.office.draft.draft import Draft
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from tests.office.console.year_desk import FIRST, LAST, OFFICERS, PINNED, TEAMS, YearDesk, has_begun, offers
from tests.office.console.year_model import (
    EDITS,
    GIVEN,
    Edited,
    Entry,
    GivenBack,
    Locked,
    Lost,
    Outcome,
    Standing,
    Still,
    TakenOver,
    Undone,
    Withdrawn,
    YearModel,
)

OPEN_DAYS = 90
"""For how long a contact is open after the plan's last date."""

OPERATIONS = ("OP-1", "OP-2", "OP-3")

Check = Callable[["YearChecks"], None]
AT_ONCE: list[Check] = []
ONCE_SETTLED: list[Check] = []


def holds(check: Check) -> Check:
    """What has to hold after each step."""
    AT_ONCE.append(check)
    return check


def holds_once_settled(check: Check) -> Check:
    """What has to hold after each step by which something was answered, taken back or published."""
    ONCE_SETTLED.append(check)
    return check


class YearChecks:
    """A desk, and the model of its year."""

    desk: YearDesk
    model: YearModel
    _settled: tuple[int, int, int, date] | None = None

    def check(self) -> None:
        """All of them. What is only said, and waits, changes nothing that is told of the rest."""
        settled = (self.model.served.name, self.model.draft.name, len(self.model.gone), self.today)
        checks = AT_ONCE if settled == self._settled else [*AT_ONCE, *ONCE_SETTLED]
        self._settled = settled
        for check in checks:
            check(self)

    @property
    def draft(self) -> Draft:
        return self.desk.draft

    @property
    def today(self) -> date:
        return self.draft.moment(self.desk.now).date()

    def wished(self) -> Standing:
        """What stands with what waits."""
        return self.model.wished(self.draft.moment(self.desk.now))

    def plans(self) -> Iterator[tuple[str, Scenario, Plan, Standing]]:
        """The served plan and, if it is another, the draft's, each with what stands in it."""
        draft, served = self.draft, self.draft.served
        assert served is not None
        yield "served", served.scenario, served.plan, self.model.served.standing
        if draft.plan is not served.plan or self.model.draft is not self.model.served:
            yield "draft", draft.scenario, draft.made_plan, self.model.draft.standing

    @holds
    def officers_are_what_the_entries_leave(self) -> None:
        for name, scenario, plan, standing in self.plans():
            officers, teams = offers(scenario, plan)
            for day in days(max(plan.as_of.date(), FIRST), LAST):
                for unit, own in OFFICERS.items():
                    there = (officers(unit, day), standing.officers(unit, day, own))
                    assert there[0] == there[1], f"{name}: {unit} on {day}: {there[0]}, the entries leave {there[1]}"
                for agency, own in TEAMS.items():
                    there = (teams(agency, day), standing.teams(agency, day, own))
                    assert there[0] == there[1], f"{name}: {agency} on {day}: {there[0]}, the entries leave {there[1]}"

    @holds
    def no_plan_uses_more_officers_than_the_entries_leave(self) -> None:
        for name, scenario, plan, standing in self.plans():
            used = Counter[tuple[str, date]]()
            for placement in plan.placements:
                if (
                    placement.police is not None
                    and placement.slot.day <= LAST
                    and not has_begun(scenario, placement, plan.as_of)
                ):
                    used[placement.police, placement.slot.day] += scenario.operations[placement.operation].officers
            for (unit, day), n in used.items():
                left = standing.officers(unit, day, OFFICERS[unit])
                assert n <= left, f"{name}: {unit} on {day} has {left} officers, and {n} are used"

    @holds_once_settled
    def the_next_year_inherits_no_loss(self) -> None:
        for name, scenario, plan, standing in self.plans():
            if scenario.span.last == LAST:
                continue
            officers, teams = offers(scenario, plan)
            offered = {
                party: {own, *(over.number for over in standing.of(TakenOver) if over.party == party)}
                for party, own in {**OFFICERS, **TEAMS}.items()
            }
            for day in days(LAST + timedelta(days=1), scenario.span.last):
                for unit in OFFICERS:
                    if not any(
                        word.first <= day <= standing.until(id) for id, (_, word) in standing.withdrawals.items()
                    ):
                        assert officers(unit, day) in offered[unit], f"{name}: {unit} on {day}: {officers(unit, day)}"
                for agency in TEAMS:
                    is_lost = any(lost.first <= day <= lost.last for lost in standing.of(Lost))
                    found = teams(agency, day)
                    assert is_lost or found in offered[agency], f"{name}: {agency} on {day}: {found}"

    @holds
    def the_scenario_is_what_the_entries_make_of_it(self) -> None:
        for name, scenario, plan, standing in self.plans():
            edited = standing.edited()
            operation = scenario.operations["OP-3"]
            place = plan.placed.get("OP-3")
            is_history = place is not None and has_begun(scenario, place, plan.as_of)
            for key in ("title",) if is_history else ("title", "officers"):
                there, said = getattr(operation, key), edited.get((key, "OP-3"), GIVEN[key, "OP-3"])
                assert there == said, f"{name}: {key} of OP-3 is {there}, and it is said {said}"
            assert scenario.agencies["miljo"].contact == edited.get(("contact", "miljo"), ""), name
            meetings = {id for what, id in edited if what == "meeting"}
            found = {meeting.id for meeting in scenario.cycle.meetings}
            assert found == meetings, f"{name}: meetings {found}, and it is said {meetings}"
            closed = {day for what, day in edited if what == "closed"}
            found = {str(span.first) for span in scenario.calendar.closed if not isinstance(span, str)}
            found = {day for day in found if day <= str(LAST)}
            assert found == closed, f"{name}: closed on {found}, and it is said {closed}"
            assert (scenario.span.last > LAST) == (("turned", "plan") in edited), name
            locks = standing.locks(PINNED)
            for id in OPERATIONS:
                pin = scenario.operations[id].fixed
                day = None if pin is None else pin.slot.day
                assert day == locks.get(id), f"{name}: {id} is locked to {day}, and it is said {locks.get(id)}"

    @holds
    def the_edit_that_waits_is_what_was_edited(self) -> None:
        draft = self.draft
        if any(isinstance(entry.word, Undone) for entry in self.model.waiting):
            return
        if self.model.is_overtaken and self.model.served.standing.edited() != self.model.draft.standing.edited():
            return  # an edit that others' undo has put back stays in the overtaken draft until that starts over
        edited, waits = [edit.word for edit in self.model.edits()], draft.given is not None
        begun = draft.begun(self.desk.now)
        is_of_begun = [
            isinstance(withdrawn, Edited) and withdrawn.what == "officers" and withdrawn.of in begun
            for withdrawn in edited
        ]
        if waits or not edited or not all(is_of_begun):  # what has begun keeps what it used: none of it can wait
            assert waits == self.model.edit_changes_something(), f"an edit waits: {waits}; it is said {edited}"
        wished = self.wished().edited()
        assert draft.present.operations["OP-3"].title == wished.get(("title", "OP-3"), GIVEN["title", "OP-3"])
        assert {meeting.id for meeting in draft.present.cycle.meetings} == {
            id for what, id in wished if what == "meeting"
        }

    @holds
    def calls_stand_beside_the_plan(self) -> None:
        assert {call.id for call in self.draft.present.calls} == self.model.calls

    @holds
    def what_waits_is_what_was_said(self) -> None:
        waits = Counter(entry.list for entry in self.draft.waiting)
        said = Counter(list_of(entry) for entry in self.model.waiting if not isinstance(entry.word, EDITS))
        assert waits == said, f"what waits: {dict(waits)}; what was said: {dict(said)}"

    @holds
    def each_plan_has_the_entries_that_it_answers(self) -> None:
        for name, _, plan, _ in self.plans():
            version = self.model.draft if name == "draft" else self.model.served
            answered = Counter(list_of(entry) for entry in version.all_entries() if not isinstance(entry.word, EDITS))
            assert said_in(plan) == answered, f"{name}: {dict(said_in(plan))}; what was said: {dict(answered)}"

    @holds_once_settled
    def the_log_says_what_became_of_each_entry(self) -> None:
        told = Counter[str]()
        for line in self.desk.logbook(self.draft):
            told += _became(line.about)
        everything = {entry.number: entry for entry in self._all_entries()}
        rows = [entry for entry in everything.values() if entry.by == "desk" or entry.number in self.model.rows]
        states = Counter(map(self.model.state, rows))
        for state in ("waits", "answered"):
            assert told[state] == states[state], f"the log: {dict(told)}; the entries: {dict(states)}"

    def _all_entries(self) -> Iterator[Entry]:
        for version in (self.model.draft, self.model.served):
            yield from (entry for entry in version.all_entries() if not isinstance(entry.word, EDITS))
        yield from (entry for entry in self.model.waiting if not isinstance(entry.word, EDITS))

    @holds_once_settled
    def each_party_is_told_what_became_of_what_it_sent(self) -> None:
        told, served = self.desk.receipts(), self.model.served.standing
        sent = {
            entry.sent: entry
            for entry in (*self.model.served.all_entries(), *self.model.draft.all_entries(), *self.model.waiting)
        }
        published = {entry.sent for entry in served.entries if not isinstance(entry.word, EDITS)}
        for id, state in told.items():
            if id in sent and not isinstance(sent[id].word, EDITS):
                assert (state == "published") == (id in published), f"{sent[id]} is told to be {state}"

    @holds_once_settled
    def each_offer_is_in_the_year_or_waits(self) -> None:
        """The last one of a unit to a call: it is taken over as long as the year has it.

        While others have published since, the draft and what is served may differ.
        """
        told, last = self.desk.receipts(), {(offer.party, offer.first): offer for offer in self.model.offers.values()}
        there = {*self.model.waiting, *self.model.draft.standing.entries}
        served = {entry.word for entry in self.model.served.standing.entries} if self.model.is_overtaken else set()
        for offer in last.values():
            if self.model.is_overtaken and (offer in served) != any(entry.word == offer for entry in there):
                continue
            state = "taken-over" if any(entry.word == offer for entry in there) else "waits"
            assert told[offer.sent] == state, f"{offer} is told to be {told[offer.sent]}"

    @holds_once_settled
    def contacts_end_with_the_plan(self) -> None:
        served = self.draft.served
        assert served is not None
        ends = served.scenario.span.last + timedelta(days=OPEN_DAYS)
        for function, until in self.desk.contacts().items():
            assert until >= ends, f"{function} ends on {until}, and the plan's addresses on {ends}"

    @holds_once_settled
    def the_report_counts_the_outcomes_that_stand(self) -> None:
        outcomes = self.model.draft.standing.outcomes()
        said = Counter(result for result in outcomes.values())
        report = self.desk.report(self.draft)
        off = {
            (called_off.placement.operation, called_off.placement.slot.day)
            for called_off in report.called_off
            if called_off.on_the_day
        }
        said_off = {key for key, result in outcomes.items() if result == "called-off"}
        assert off == said_off, f"the report: called off {off}, and it is said {said_off}"
        counts = report.counts.values()  # by kind: those with one agency alone count as operations nowhere
        counted = Counter(done=sum(count.done for count in counts), aborted=sum(count.aborted for count in counts))
        for result, n in counted.items():
            assert n == said[result], f"the report: {n} {result}, and it is said of {said[result]}"
        has_withdrawals = any(isinstance(entry.word, Withdrawn) for entry in self.model.draft.all_entries())
        assert has_withdrawals or not any(count.saved.of for count in counts), "hit by a withdrawal, and there was none"

    def keep_musts(self, before: Plan, new: Scenario, after: Plan, standing: Standing) -> None:
        """No must that had a place is without one after an undo, if there is room for it."""
        for id, operation in new.operations.items():
            is_must = operation.must or operation.fixed is not None
            if id in OPERATIONS and is_must and id in before.placed and self._has_room(new, after, id, standing):
                assert id in after.placed, f"{id} must be, and has lost its place by an undo"

    def _has_room(self, scenario: Scenario, plan: Plan, id: str, standing: Standing) -> bool:
        """True if there are more dates for it than others could take, and its lock, if any, is alone on its date."""
        operation, closed = scenario.operations[id], self.closed(standing)

        def is_free(day: date) -> bool:
            units = [
                one
                for one in operation.police or ()
                if standing.officers(one, day, OFFICERS[one]) >= operation.officers
            ]
            teams = all(standing.teams(agency, day, TEAMS[agency]) >= n for agency, n in operation.agencies.items())
            return day not in closed and bool(units) and teams

        locks = standing.locks(PINNED)
        locked = locks.get(id)
        if locked is not None and (not is_free(locked) or list(locks.values()).count(locked) > 1):
            return False  # it was published without a place, and comes back so
        ahead = days(max(FIRST, plan.as_of.date() + timedelta(days=2)), LAST)
        return sum(map(is_free, ahead)) > 2 * len(OPERATIONS)

    def closed(self, standing: Standing) -> set[date]:
        return {date.fromisoformat(day) for what, day in standing.edited() if what == "closed"}


def said_in(plan: Plan) -> Counter[str]:
    """How many entries a plan has of each kind; not what is chosen, edited or bound, which it writes itself."""
    names = {
        "Withdrawal": "withdrawals",
        "GivenBack": "given_back",
        "Still": "still",
        "TeamsLost": "agencies",
        "Pinned": "pinned",
        "Unpinned": "unpinned",
        "Outcome": "outcomes",
        "Undone": "undone",
    }
    return Counter(names[kind] for entry in plan.entries if (kind := type(entry).__name__) in names)


def list_of(entry: Entry) -> str:
    """The list in which the product keeps it."""
    word = entry.word
    if isinstance(word, Locked):
        return "unpinned" if word.day is None else "pinned"
    names = {
        Withdrawn: "withdrawals",
        GivenBack: "given_back",
        Still: "still",
        Lost: "agencies",
        Outcome: "outcomes",
        Undone: "undone",
    }
    return names[type(word)]


def _became(about: Message | None) -> Counter[str]:
    """What a line of the log says of an entry, and of how many: equal ones are one line."""
    text = "" if about is None else str(about)
    many = re.search(r"\((\d+) at once\)$", text)
    n = int(many[1]) if many else 1
    return Counter({state: n for state, begin in _BECAME.items() if text.startswith(begin)})


_BECAME = {"taken back": "taken back by", "answered": "answered by version", "waits": "waits"}


def days(first: date, last: date) -> Iterator[date]:
    yield from (first + timedelta(days=n) for n in range((last - first).days + 1))
