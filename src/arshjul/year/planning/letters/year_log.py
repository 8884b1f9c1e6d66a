"""The log of a year: every entry in a sentence, newest first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from typing import Any

from arshjul.errors import Message
from arshjul.year.agenda.cause import KINDS
from arshjul.year.agenda.party import COORDINATOR, name_of
from arshjul.year.agenda.party_change import FormerPlan, party_change
from arshjul.year.agenda.revised import notice
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.declaration import Entry, ListWords
from arshjul.year.domain.entries.amendment import (
    RESULTS,
    Cancelled,
    Edited,
    FewerOfficers,
    LeftOut,
    MilestoneHeld,
    Nominated,
    OtherDates,
    Outcome,
    Pinned,
    Promoted,
    TeamsLost,
    Undone,
    Unpinned,
    WithoutPolice,
    edit_sentences,
)
from arshjul.year.domain.entries.answer import Answered
from arshjul.year.domain.entries.entries import Choice, Entries
from arshjul.year.domain.entries.learnt import (
    LEARNT,
    PLAIN,
    AgendaPoint,
    Improvement,
    MeetingAction,
    MeetingMinutes,
    PartyCard,
    PartyEvaluation,
)
from arshjul.year.domain.entries.obstacle import CATEGORIES, RULES, SharingObstacle
from arshjul.year.domain.entries.picture import SituationPicture
from arshjul.year.domain.history.lived_replans import past_replans
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import Filling
from arshjul.year.domain.withdrawal import GivenBack, Still, Withdrawal
from arshjul.year.planning.fill import freed_said
from arshjul.year.planning.letters.notices import withdrawal_sentence
from arshjul.year.rules.objectives import OPTION_NAMES
from arshjul.year.texts import counted, titled


@dataclass(frozen=True, slots=True)
class LogLine:
    entry: Entry | Withdrawal
    text: Message


def year_log(scenario: Scenario, entries: Entries) -> list[LogLine]:
    marked = _Marked.of(entries)
    lines = [LogLine(entry, _dated(entry, marked.said(scenario, entry, entry))) for entry in entries]
    lines.reverse()
    return sorted(lines, key=lambda line: -(line.entry.revision or 0))


def entered_in(scenario: Scenario, plan: Plan, *, is_answered: bool = True) -> list[Message]:
    """In the order in which they came, without edits. `is_answered` False: the plan is an option, so none is named."""
    marked, said = _Marked.of(plan.entries), []
    for entry in plan.entries:
        if entry.revision == plan.revision and not isinstance(entry, Choice | Edited):
            told = entry if is_answered else replace(entry, revision=None)
            said.append(_dated(told, marked.said(scenario, entry, told)))
    return said


@dataclass(frozen=True, slots=True)
class _Marked:
    """Entries of which more is said, by identity: a withdrawal that a later report replaced, a reserve carried out."""

    replaced: frozenset[int]
    of_reserves: frozenset[int]

    @classmethod
    def of(cls, entries: Entries) -> "_Marked":
        latest = {withdrawal.id: withdrawal for withdrawal in entries.withdrawals}
        reserves = entries.promoted
        return cls(
            frozenset(id(withdrawal) for withdrawal in entries.withdrawals if latest[withdrawal.id] is not withdrawal),
            frozenset(
                id(outcome)
                for outcome in entries.outcomes
                if outcome.operation in reserves and outcome.result != "called-off"
            ),
        )

    def said(self, scenario: Scenario, entry: Entry | Withdrawal, told: Entry | Withdrawal) -> Message:
        said = _said(scenario, told, id(entry) in self.replaced)
        return Message("{said} A reserve.", {"said": said}) if id(entry) in self.of_reserves else said


def _dated(entry: Entry | Withdrawal, said: Message) -> Message:
    if isinstance(entry, Withdrawal | Choice) or entry.reported is None or entry.revision is None:
        return said
    values = {"said": said, "reported": entry.reported, "revision": entry.revision or "-"}
    return Message("{said} Reported {reported}; version {revision} of the plan.", values)


def _said(scenario: Scenario, entry: Entry | Withdrawal, is_replaced: bool) -> Message:
    if isinstance(entry, Withdrawal):
        return withdrawal_sentence(scenario, entry, replaced=is_replaced)
    if isinstance(entry, Edited):
        said = (Message("The year was edited."), *edit_sentences(entry))
        return reduce(lambda said, more: Message("{said} {more}", {"said": said, "more": more}), said)
    return _SENTENCES[type(entry)](scenario, entry)


def _filling(_: Scenario, one: Filling) -> Message:
    n = sum(len(objects) for objects in one.bound.values())
    bound = [Message("{frame}: {objects}", {"frame": frame, "objects": list(ids)}) for frame, ids in one.bound.items()]
    said = counted(n, "One object bound ({bound}).", "{n} objects bound ({bound}).", bound=bound)
    sentences = [said] if n else [] if one.is_replan else [Message("No object bound.")]
    sentences += [freed_said(freed) for freed in one.freed]
    return reduce(lambda text, more: Message("{text} {more}", {"text": text, "more": more}), sentences)


def _given_back(scenario: Scenario, one: GivenBack) -> Message:
    values = {
        "id": one.id,
        "withdrawal": one.withdrawal,
        "dates": _dates(one.first, one.last),
        "shifts": [_shift(scenario, shift) for shift in one.shifts or [known.id for known in scenario.shifts]],
        "officers": "-" if one.officers is None else one.officers,
    }
    if one.officers is None:
        return Message("{id}: given back of {withdrawal}, {dates}, shifts: {shifts}.", values)
    return Message("{id}: given back of {withdrawal}, {dates}, shifts: {shifts}, officers: {officers}.", values)


def _dates(first: date | None, last: date | None) -> Message:
    if first is None and last is None:
        return Message("everything")
    if first is None:
        return Message("to {last}", {"last": last})
    if last is None:
        return Message("from {first}", {"first": first})
    if first == last:
        return Message("{first}", {"first": first})
    return Message("{first} to {last}", {"first": first, "last": last})


def _shift(scenario: Scenario, shift: str) -> str:
    return next((known.name for known in scenario.shifts if known.id == shift), shift)


def _outcome(scenario: Scenario, one: Outcome) -> Message:
    said = Message(
        "{operation}, {day}: {result}", {"operation": one.operation, "day": one.day, "result": RESULTS[one.result]}
    )
    figured: list[object] = [] if one.officers is None else [Message("officers: {n}", {"n": one.officers})]
    figured += [f"{name_of(scenario, agency)} {n}" for agency, n in one.teams.items()]
    figured += [f"{scenario.figure(name)} {n}" for name, n in one.figures.items()]
    if figured and one.note:
        return Message("{said} ({more}; {note}).", {"said": said, "more": figured, "note": one.note})
    more = figured or ([one.note] if one.note else [])
    return Message("{said} ({more}).", {"said": said, "more": more}) if more else Message("{said}.", {"said": said})


def _pinned(scenario: Scenario, one: Pinned) -> Message:
    when = {"operation": one.operation, **_slot(scenario, one.pin.slot)}
    units = [] if one.pin.police is None else [one.pin.police]
    if names := [name_of(scenario, id) for id in (*units, *(one.pin.any_of or ()))]:
        return Message("{operation} was pinned to {day}, {shift}, with {unit}.", {**when, "unit": names})
    return Message("{operation} was pinned to {day}, {shift}.", when)


def _slot(scenario: Scenario, slot: Slot) -> dict[str, object]:
    return {"day": slot.day, "shift": _shift(scenario, slot.shift)}


def _undone(_: Scenario, one: Undone) -> Message:
    again, too = Message("{said} Its entries wait again."), Message("{said} Its entries are undone too.")
    said = Message("Version {n} of the plan is undone.", {"n": list(one.versions)})
    return replace(again if one.again else too, values={"said": said})


def _teams(scenario: Scenario, one: TeamsLost) -> Message:
    values = {
        "agency": name_of(scenario, one.agency),
        "dates": _dates(one.span.first, one.span.last),
        "left": one.teams_left,
        "cause": KINDS.get(one.cause, one.cause or "-"),
    }
    return Message("{agency} has fewer teams, {dates}: {left} left; cause: {cause}.", values)


def _wish(scenario: Scenario, one: OtherDates) -> Message:
    values = {
        "operation": one.operation,
        "agency": name_of(scenario, one.agency),
        "dates": [_dates(span.first, span.last) for span in one.dates],
        "cause": KINDS.get(one.cause, one.cause or "-"),
    }
    return Message("{agency} asks that {operation} not be {dates}; cause: {cause}.", values)


def _answer(scenario: Scenario, one: Answered) -> Message:
    values = {"party": name_of(scenario, one.party), "operation": one.operation}
    if one.slot is None:
        said = replace(_ABOUT_LEAVING_OUT[one.answer], values=values)
    else:
        said = replace(_ABOUT_A_PLACE[one.answer], values={**values, **_slot(scenario, one.slot)})
    return with_remark(said, one.remark)


def with_remark(said: Message, remark: str) -> Message:
    return Message("{said} Remark: {remark}", {"said": said, "remark": remark}) if remark else said


_ABOUT_A_PLACE: Mapping[str, Message] = {
    "asked": Message("{party} was asked about {operation}, {day}, {shift}."),
    "yes": Message("{party} said yes to {operation}, {day}, {shift}."),
    "no": Message("{party} said no to {operation}, {day}, {shift}."),
    "later": Message("{party} answers later about {operation}, {day}, {shift}."),
}
_ABOUT_LEAVING_OUT: Mapping[str, Message] = {
    "asked": Message("{party} was asked about leaving out {operation}."),
    "yes": Message("{party} said yes to leaving out {operation}."),
    "no": Message("{party} said no to leaving out {operation}."),
    "later": Message("{party} answers later about leaving out {operation}."),
}


def _plain(words: ListWords) -> Callable[[Scenario, Any], Message]:
    return lambda _, one: Message("{what} {id}.", {"what": words.one, "id": one.id})


_IMPROVEMENT_SAID: Mapping[str, Message] = {
    "open": Message("{id}: improvement after {operation}; {owner}, by {day}."),
    "done": Message("{id}: the improvement after {operation} is done."),
    "dropped": Message("{id}: the improvement after {operation} was dropped."),
}


def _improvement(scenario: Scenario, one: Improvement) -> Message:
    values = {"id": one.id, "operation": one.origin, "owner": name_of(scenario, one.owner), "day": one.due}
    return replace(_IMPROVEMENT_SAID[one.state], values=values)


def _obstacle(scenario: Scenario, one: SharingObstacle) -> Message:
    values = {
        "id": one.id,
        "operation": one.operation,
        "asked": name_of(scenario, one.asked),
        "asker": name_of(scenario, one.asker),
        "what": CATEGORIES[one.category],
        "rule": RULES[one.rule],
    }
    if one.operation is None:
        return Message("{id}: {asked} could not give {asker}: {what}. Obstacle: {rule}.", values)
    return Message("{id}, {operation}: {asked} could not give {asker}: {what}. Obstacle: {rule}.", values)


def _picture(scenario: Scenario, one: SituationPicture) -> Message:
    values = {
        "id": one.id,
        "party": name_of(scenario, one.by),
        "area": scenario.areas[one.area].name if one.area in scenario.areas else one.area,
        "sectors": [scenario.word(theme.sector) for theme in one.themes],
    }
    taken, left = Message("taken over"), Message("not taken over")
    decided = [
        Message("{sector}, {decision}", {"sector": word, "decision": left if theme.decision == "no" else taken})
        for theme, word in zip(one.themes, values["sectors"], strict=True)
        if theme.decision != "open"
    ]
    if not decided:
        return Message("{id}: situation picture from {party} of {sectors} in {area}.", values)
    return Message("{id}: situation picture from {party} of {area} decided: {decided}.", {**values, "decided": decided})


_ACTION_SAID: Mapping[str, Message] = {
    "open": Message("{id}: action for {party} after {meeting}, by {day}."),
    "done": Message("{id}: action of {party} after {meeting} is done."),
    "dropped": Message("{id}: action of {party} after {meeting} was dropped."),
}


def _action(scenario: Scenario, one: MeetingAction) -> Message:
    meeting, party = _meeting(scenario, one.meeting), name_of(scenario, one.party)
    return replace(_ACTION_SAID[one.state], values={"id": one.id, "party": party, "meeting": meeting, "day": one.due})


def _meeting(scenario: Scenario, id: str) -> str:
    return next((meeting.name for meeting in scenario.cycle.meetings if meeting.id == id), id)


def _held(scenario: Scenario, one: MilestoneHeld) -> Message:
    values = {"milestone": scenario.figure(one.milestone), "operation": one.operation, "day": one.day}
    if one.day is None:
        return Message("{milestone} of {operation} was not held.", values)
    return Message("{milestone} of {operation} was held on {day}.", values)


def _minutes(scenario: Scenario, one: MeetingMinutes) -> Message:
    values = {"meeting": _meeting(scenario, one.meeting), "day": one.day}
    if one.approved_on is None:
        return Message("Notes were written of {meeting} {day}.", values)
    return Message("The minutes of {meeting} {day} are approved.", values)


def _by_operation(template: Message) -> Callable[[Scenario, Any], Message]:
    return lambda _, one: replace(template, values={"operation": one.operation})


_SENTENCES: Mapping[type, Callable[[Scenario, Any], Message]] = {
    Choice: lambda _, one: Message(
        "Version {version} of the plan, {as_of}: {option}.",
        {"version": one.revision, "option": titled(OPTION_NAMES, one.option), "as_of": one.reported},
    ),
    Filling: _filling,
    GivenBack: _given_back,
    Still: lambda _, one: Message("{withdrawal} confirmed to go on.", {"withdrawal": one.withdrawal}),
    Outcome: _outcome,
    Nominated: lambda _, one: Message("{operation} was nominated.", {"operation": one.operation.id}),
    Cancelled: _by_operation(Message("{operation} was cancelled.")),
    MilestoneHeld: _held,
    Promoted: _by_operation(Message("{operation} was promoted from the reserves.")),
    Unpinned: _by_operation(Message("{operation} is no longer pinned.")),
    LeftOut: _by_operation(Message("{operation} was left out to make room.")),
    WithoutPolice: _by_operation(Message("{operation} goes ahead without police.")),
    FewerOfficers: lambda _, one: Message(
        "{operation} can do with {n} officers.", {"operation": one.operation, "n": one.officers}
    ),
    Pinned: _pinned,
    Answered: _answer,
    TeamsLost: _teams,
    OtherDates: _wish,
    Undone: _undone,
    PartyEvaluation: lambda scenario, one: Message(  # what it says stands on its own page alone
        "{party} has evaluated {operation}.", {"party": name_of(scenario, one.party), "operation": one.operation}
    ),
    Improvement: _improvement,
    SharingObstacle: _obstacle,
    PartyCard: lambda scenario, one: Message("{party} has written its card.", {"party": name_of(scenario, one.party)}),
    SituationPicture: _picture,
    AgendaPoint: lambda scenario, one: Message(
        "{party} has proposed a point for {meeting} {day}.",
        {"party": name_of(scenario, one.party), "meeting": _meeting(scenario, one.meeting), "day": one.day},
    ),
    MeetingMinutes: _minutes,
    MeetingAction: _action,
    **{LEARNT[name]: _plain(words) for name, words in PLAIN.items()},
}


@dataclass(frozen=True, slots=True)
class OperationEvent:
    """An event of an operation: when, in which version of the plan (0: in none yet), and as a dated sentence."""

    at: datetime | None
    revision: int
    event: Message
    sentence: Message


def operation_events(scenario: Scenario, plan: Plan, operation: str) -> list[OperationEvent]:
    """The latest version of the plan first; in each, the operation's changes before the entries that it answered."""
    marked, entered = _Marked.of(plan.entries), []
    for line in year_log(scenario, plan.entries):
        if is_about(line, operation):
            event, entry = marked.said(scenario, line.entry, line.entry), line.entry
            entered.append(OperationEvent(entry.reported, entry.revision or 0, event, line.text))
    return sorted([*_moves(scenario, plan, operation), *entered], key=lambda one: -one.revision)


def operation_history(scenario: Scenario, plan: Plan, operation: str) -> list[Message]:
    return [event.sentence for event in operation_events(scenario, plan, operation)]


def is_about(line: LogLine, operation: str) -> bool:
    about = getattr(line.entry, "operation", None)
    return operation in (about, getattr(about, "id", None), getattr(line.entry, "origin", None))


def _moves(scenario: Scenario, plan: Plan, operation: str) -> list[OperationEvent]:
    found = []
    for past in past_replans(scenario, plan):
        then = past.plan
        if then.base is not None and any(move.operation == operation for move in past.changed):
            change = party_change(FormerPlan(scenario, then.base.placements), scenario, then, COORDINATOR, operation)
            if change is not None:
                event = notice(scenario, then, change)
                values = {"version": then.revision, "as_of": then.as_of, "change": event}
                said = Message("Version {version} of the plan, {as_of}: {change}", values)
                found.append(OperationEvent(then.as_of, then.revision, event, said))
    return found
