"""The words of a feed: what each party is told of an operation, a milestone, a meeting.

Every line takes named values from the scenario; no operation is ever put into text whole. The title is for the
coordinator alone. There are no words for sites.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import NamedTuple

from arshjul.errors import Message
from arshjul.year.agenda.channel import LEVEL_NAMES, Channel, Level
from arshjul.year.agenda.entry import one_line
from arshjul.year.agenda.lenders import StopsTaken
from arshjul.year.agenda.party import Party, others, sees_others
from arshjul.year.agenda.party_view import needs_of_others
from arshjul.year.agenda.time_text import meet_said, placed_when
from arshjul.year.domain.calendar import year_label
from arshjul.year.domain.operation import Frame, Operation, OperationKind, Placement
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meet, Meeting, Milestone
from arshjul.year.domain.share import Role, share
from arshjul.year.domain.visit_object import stops_taken
from arshjul.year.texts import FirstToLast, Words, with_capital, without_capital


def programme_said(scenario: Scenario, id: str) -> Message:
    programme = scenario.programme(id)
    if programme.owner is None:
        return Message("{name}", {"name": programme.name})
    values = {"programme": programme.name, "owner": scenario.agencies[programme.owner].name}
    return Message("{programme}, by {owner}", values)


_ROLES: Mapping[Role, Message] = {
    "leads": Message("Your role: leads"),
    "needed": Message("Your role: takes part, is needed"),
    "voluntary": Message("Your role: voluntary, it is held without you too"),
    "owns": Message("Your role: owns the programme"),
}

_KINDS: Mapping[OperationKind, Message] = {
    "insats": Message("Operation with police"),
    "one-agency": Message("Control with police and one agency"),
    "no-police": Message("Control without police"),
}


class Text(NamedTuple):
    summary: str
    description: str = ""
    category: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class FeedText:
    scenario: Scenario
    words: Words
    channel: Channel
    plan: Plan

    @property
    def party(self) -> Party:
        return self.channel.party

    @property
    def level(self) -> Level:
        return self.channel.level

    @property
    def calendar_name(self) -> str:
        """Its distinguishing part first, since lists cut names; without a comma, which some programs show escaped."""
        return one_line(self.words.say(self._called()))

    def _called(self) -> Message:
        first, last = self.scenario.year_on(self.plan.as_of.date()), self.scenario.years[-1]
        years = self.scenario.name_in(first) + ("" if first == last else f"–{year_label(last)}")
        name = {"plan": years, "party": self._reader()}
        match self.channel.content:
            case "operations":
                title = Message("Operations: {party} – {plan}", name)
            case "milestones":
                title = Message("Milestones: {party} – {plan}", name)
            case "all" if self.party.kind == "coordinator":
                title = Message("Annual wheel {plan}", name)
            case "all":
                title = Message("Annual wheel {plan}: {party}", name)
        if self.level == "full":
            return title
        return Message("{title} ({level})", {"title": title, "level": LEVEL_NAMES[self.level]})

    def _reader(self) -> object:
        match self.party.kind:
            case "coordinator":
                return Message("the coordinator")
            case "agency":
                return self.scenario.agencies[self.party.id].name
            case "police":
                return self.scenario.police[self.party.id].name

    def operation(self, placement: Placement, went: Message | None = None, number: int = 1) -> Text:
        """The text of an operation on its first date, or a later one. `went`: its outcome, once it has started."""
        operation, words = self.scenario.operations[placement.operation], self.words
        if self.level == "busy":
            return self._busy()
        area = self.scenario.areas[operation.area].name
        is_insats = self._kind(operation, placement) == "insats"
        if self.level == "area":
            return Text(words("Operation in {area}", area=area) if is_insats else words("Control in {area}", area=area))
        category = words("Operation") if is_insats else words("Control")
        outcome = [] if went is None else [with_capital(words.say(went)), words("What was planned:")]
        gathering = self._gathering(self.scenario.meet_at(placement))
        lines = [
            *outcome,
            *gathering,
            *self._dates_lines(operation, placement, number),
            *self._operation_lines(operation, placement),
        ]
        return Text(self._name(operation), _lines(lines), category, "; ".join((*gathering, area)))

    def _gathering(self, meet: Meet | None) -> list[str]:
        return [] if not meet else [self.words("Meet {meet}", meet=meet_said(meet))]

    def _dates_lines(self, operation: Operation, placement: Placement, number: int) -> Iterator[str]:
        if operation.days > 1:
            dates = FirstToLast(placement.slot.day, self.scenario.last_day(placement))
            yield self.words("Date {n} of {days}, {dates}", n=number, days=operation.days, dates=dates)

    def milestone(self, milestone: Milestone, placement: Placement, *, late: bool = False) -> Text:
        if self.level != "full":
            return self._busy()
        operation = self.scenario.operations[placement.operation]
        around = self.words("Milestone for {id}, {when}", id=operation.id, when=placed_when(self.scenario, placement))
        summary = f"{operation.id} {milestone.name}, {self._called_otherwise(operation)}"
        return Text(
            self.words("Late: {summary}", summary=summary) if late else summary,
            _lines([around, *self._leader_lines(operation)]),
            self.words("Milestone"),
        )

    def meeting(
        self, meeting: Meeting, due: Sequence[tuple[Milestone, Placement]], *, is_invited: bool, is_milestone: bool
    ) -> Text:
        """The text of a meeting, with what of the reader is `due` there. Who is not invited is not told where it is."""
        if self.level != "full":
            return self._busy()
        gathering = self._gathering(meeting.meet if is_invited else None)
        lines = list(gathering)
        if self.party.kind == "coordinator":
            lines.append(self.words("Invited: {parties}", parties=self._invited(meeting)))
        for milestone, there in groupby(due, key=lambda one: one[0]):
            lines.append(f"{milestone.name}:")
            lines += (f"- {self._name(self.scenario.operations[one.operation])}" for _, one in there)
        category = self.words("Milestone") if is_milestone else self.words("Meeting")
        return Text(one_line(meeting.name) or meeting.id, _lines(lines), category, _lines(gathering))

    def note(self) -> Text:
        words = self.words
        if self.channel.content == "milestones":
            return Text(words("No milestones planned"), words("What is planned with you appears here."))
        return Text(words("No operations planned"), words("What is planned with you appears here."))

    def _busy(self) -> Text:
        return Text(self.words("Busy"))

    def _name(self, operation: Operation) -> str:
        return f"{operation.id} {self._called_otherwise(operation)}"

    def _called_otherwise(self, operation: Operation) -> str:
        """Its title for the coordinator, area and sector for all others: a title may hint at a target."""
        if self.party.kind == "coordinator":
            return operation.title
        sector, area = self.scenario.word(operation.sector), self._short(operation.area)
        return f"{area}: {without_capital(sector)}"

    def _short(self, area: str) -> str:
        """An area's name without the words that all of them begin with, since calendars cut long names."""
        words = {id: known.name.split() for id, known in self.scenario.areas.items()}
        shortest = min(len(name) for name in words.values())
        begin = (len({tuple(name[:n]) for name in words.values()}) == 1 for n in range(1, shortest))
        n_alike = sum(1 for _ in takewhile(bool, begin)) if len(words) > 1 else 0
        return " ".join(words[area][n_alike:])

    def _operation_lines(self, operation: Operation, placement: Placement) -> Iterator[str]:
        """The lines of an operation: what the reader needs on the day first (docs/formats.md#feeds)."""
        yield self.words.say(_KINDS[self._kind(operation, placement)])
        match self.party.kind:
            case "coordinator":
                yield from self._unit_lines(operation, placement)
            case "agency":
                yield from self._unit_lines(operation, placement)
                yield from self._own_agency_lines(placement)
            case "police":
                yield from self._own_unit_lines(operation, placement)
        yield from self._leader_lines(operation)
        yield from self._others_lines(operation, placement)
        yield from self._needs_line(placement)
        if self.party.kind == "coordinator" and operation.frame is not None:
            yield from self._frame_lines(operation, operation.frame)
        yield self._purpose(operation)
        yield self.words("Sector: {sector}", sector=self.scenario.word(operation.sector))
        yield self.words("Area: {area}", area=self.scenario.areas[operation.area].name)

    def _kind(self, operation: Operation, placement: Placement) -> OperationKind:
        """Its kind there; a reader who sees no others is not told whether one agency comes or more."""
        if sees_others(self.scenario, self.party, placement):
            return self.scenario.kind_at(placement)
        return "insats" if operation.officers else "no-police"

    def _unit_lines(self, operation: Operation, placement: Placement) -> Iterator[str]:
        words, seen = self.words, others(self.scenario, self.party, placement)
        for id in seen.units:
            unit = self.scenario.police[id]
            named = _with(unit.name, unit.contact)
            if id != placement.police and id in seen.officers:
                values = {"unit": named, "officers": seen.officers[id]}
                yield words("Police unit that lends besides: {unit}, officers: {officers}", **values)
            elif id != placement.police:
                yield words("Police unit that lends besides: {unit}", unit=named)
            elif self.party.kind == "police":
                yield words("{unit} serves the operation, you lend officers besides", unit=named)
            else:
                yield words("Police unit: {unit}", unit=named)
            yield from self._reached(unit, by_mail=self.party.kind == "coordinator")
            if id == placement.police and id in seen.officers:
                yield self._officers_line(operation, seen.officers[id])
                if self.party.kind == "coordinator":
                    yield from self._designated_line(operation)

    def _others_lines(self, operation: Operation, placement: Placement) -> Iterator[str]:
        there = others(self.scenario, self.party, placement).agencies
        if self.party.kind == "coordinator":
            yield self.words("Taking part: {agencies}", agencies=[self.scenario.agencies[id].name for id in there])
        elif besides := [self.scenario.agencies[id] for id in there if id != operation.lead_agency]:
            said = [
                self.words("{agency} (telephone {phone})", agency=beside.name, phone=beside.phone)
                if beside.phone
                else beside.name
                for beside in besides
            ]
            yield self.words("Others taking part: {agencies}", agencies=self.words.enumeration(said))

    def _needs_line(self, placement: Placement) -> Iterator[str]:
        needs = needs_of_others(self.scenario, self.plan, self.party, placement) if self.party.kind == "police" else []
        if needs:
            said = "; ".join(f"{agency}: {text}" for agency, text in needs)
            yield self.words("The others need to know: {needs}", needs=said)

    def _frame_lines(self, operation: Operation, frame: Frame) -> Iterator[str]:
        objects = self.plan.bindings.get(operation.id, ())
        taken = StopsTaken(stops_taken(self.scenario.objects, objects), frame.stops)
        yield self.words("Frame: {taken}", taken=taken.text)
        if objects:
            yield self.words("Objects: {objects}", objects=list(objects))

    def _own_agency_lines(self, placement: Placement) -> Iterator[str]:
        own = share(self.scenario, placement, self.party.id)
        if own is not None:
            yield self.words.say(_ROLES[own.role])
            if own.strength:
                yield self.words("Your teams: {teams}", teams=own.strength)

    def _own_unit_lines(self, operation: Operation, placement: Placement) -> Iterator[str]:
        words, unit = self.words, self.scenario.police[self.party.id]
        own = placement.lent(operation)[unit.id]
        yield words("Police unit: {unit}", unit=_with(unit.name, unit.contact))
        if unit.id == placement.police:
            yield self._officers_line(operation, own)
            yield from self._designated_line(operation)
            yield from self._unit_lines(operation, placement)
            return
        if not sees_others(self.scenario, self.party, placement):
            yield words("Another unit serves the operation, you lend officers besides")
        yield from self._unit_lines(operation, placement)
        yield words("Officers: {officers}", officers=own)

    def _officers_line(self, operation: Operation, come: int) -> str:
        if come == operation.officers:
            return self.words("Officers: {officers}", officers=come)
        return self.words("Officers: {officers} (wished for: {wanted})", officers=come, wanted=operation.officers)

    def _purpose(self, operation: Operation) -> str:
        purpose = self.scenario.programme(operation.programme).purpose
        programme = programme_said(self.scenario, operation.programme)
        if not purpose:
            return self.words("Programme: {programme}", programme=programme)
        return self.words("Purpose: {purpose} ({programme})", purpose=purpose, programme=programme)

    def _leader_lines(self, operation: Operation) -> Iterator[str]:
        leader = self.scenario.agencies[operation.lead_agency]
        if self.party == Party("agency", leader.id):
            return
        yield self.words("Led by: {agency}", agency=_with(leader.name, leader.unit))
        if leader.contact:
            yield self.words("Contact: {contact}", contact=leader.contact)
        yield from self._reached(leader)

    def _reached(self, party: Agency | PoliceUnit, *, by_mail: bool = True) -> Iterator[str]:
        if party.phone:
            yield self.words("Telephone, {party}: {phone}", party=party.name, phone=party.phone)
        if party.email and by_mail:
            yield self.words("E-mail: {email}", email=party.email)

    def _designated_line(self, operation: Operation) -> Iterator[str]:
        if operation.designated == "require":
            yield self.words("Designated operation officer: needed")
        elif operation.designated == "prefer":
            yield self.words("Designated operation officer: wished for")

    def _invited(self, meeting: Meeting) -> str:
        groups = {
            "agencies": self.words("all agencies"),
            "units": self.words("all police units"),
            "owners": self.words("the owners of programmes"),
        }
        agencies = ("agencies",) if meeting.agencies == "all" else meeting.agencies
        named = dict.fromkeys((*agencies, *meeting.parties))
        return self.words.enumeration([groups.get(id) or self.scenario.parties[id].name for id in named])


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(one_line(line) for line in lines)


def _with(name: str, unit: str) -> str:
    return f"{name}, {unit}" if unit else name
