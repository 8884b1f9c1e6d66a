"""The coordinator's to-do list: a line for each task, late first and then by time, with its button."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from arshjul.errors import Message
from arshjul.office.contacts.nominations import n_waiting
from arshjul.office.contacts.offers import n_offers
from arshjul.office.contacts.sheets import due_sheets
from arshjul.office.draft.answers import questions
from arshjul.year.agenda.evaluations import followed
from arshjul.year.agenda.meetings import open_actions
from arshjul.year.domain.entries.picture import latest_themes
from arshjul.year.domain.feature import OF_NOMINATIONS
from arshjul.year.planning.today import Due, Today
from arshjul.year.texts import counted

if TYPE_CHECKING:
    from arshjul.office.console.visit import Visit
    from arshjul.year.domain.operation import Placement

HELD = "/held"  # where milestones are ticked
NEAR = timedelta(days=14)  # what a party has to do is shown from so long before it is due
NEXT_YEAR_AHEAD = timedelta(days=92)
"""From so long before its last date on, the plan is said to end: a quarter, in which the next year is prepared."""


@dataclass(frozen=True, slots=True)
class ToDo:
    """A thing to do. `due`: None if it waits, whenever. `name`: what it is about, after the `id` of an operation.

    `page`: where it stands whole. `press`: what does it on the spot: the path of a form, and its field and values;
    None if that is done on its page. `verb`: None if there is nothing to do yet.
    """

    due: date | None
    name: Message | str
    page: str
    task: Message | str
    verb: Message | None = None
    id: str = ""
    press: tuple[str, str, tuple[str, ...]] | None = None


def lines(visit: "Visit", found: Today | None, missing: Sequence["Placement"], n_calls: int) -> list[ToDo]:
    """All that waits, what she alone decides first, then by date. `missing`: outcomes. `n_calls`: parties to tell."""
    draft, today = visit.draft, visit.moment.date() if visit.draft.plan is not None else date.min
    made = list[ToDo]()
    if found is not None:
        titled = _titles(visit)
        made += [*_milestones(found, titled), *_outcomes(found, missing, titled), *_frames(found, titled)]
        made += [*_sheets(visit, titled), *_of_parties(visit), *_ends(found)]
        if draft.given is None and draft.scenario.span.last - today <= NEXT_YEAR_AHEAD:
            last = draft.scenario.span.last
            made.append(ToDo(last, Message("New year"), "/turn", Message("The plan ends"), Message("Prepare")))
    return [*_decided(visit, n_calls), *sorted(made, key=lambda one: (one.due or today, one.id))]


def _titles(visit: "Visit") -> Callable[[str], str]:
    known = visit.scenario.operations
    return lambda id: known[id].title if id in known else ""


def _decided(visit: "Visit", n_calls: int) -> Iterator[ToDo]:
    """Tasks for the coordinator alone: messages, answers, offers, nominations, and unpublished changes."""
    draft, look = visit.draft, Message("Show")
    asked = questions(draft)
    if asked:
        values = {"n": sum(not question.is_open for question in asked), "all": len(asked)}
        task = (
            Message("The time to answer is over.")
            if draft.is_over(visit.now)
            else Message("{n} of {all} answered", values)
        )
        yield ToDo(None, Message("The question to the parties"), "/proposal", task, look)
    if n_calls:
        yield ToDo(
            None,
            Message("Parties to tell"),
            "/outbox",
            counted(n_calls, "one party", "{n} parties"),
            Message("Phone them"),
        )
    if n := n_offers(visit.store, draft):
        yield ToDo(None, Message("Offers"), "/calls", _n_wait(n), look)
    if OF_NOMINATIONS in visit.uses and (n := n_waiting(visit.store)):
        yield ToDo(None, Message("Nominations"), "/nominations", _n_wait(n), look)
    if draft.plan is None:
        return
    themes = latest_themes(visit.plan_now.entries.pictures, draft.present)
    if n := sum(theme.proposes(visit.moment.date()) for theme in themes):
        yield ToDo(None, Message("Situation picture"), "/pictures", _n_wait(n), look)
    if not draft.is_published and not draft.waiting and draft.given is None:
        yield ToDo(None, Message("The plan"), "/publish", Message("Changed, not published"), Message("Publish"))


def _n_wait(n: int) -> Message:
    return counted(n, "one waits", "{n} wait")


def may_be_ticked(found: Today, due: Due) -> bool:
    """True if its day has come. What follows an operation waits for it."""
    return due.day <= found.as_of.date() and (
        not due.milestone.comes_after or found.scenario.has_begun(due.slot, found.as_of)
    )


def _milestones(found: Today, titled: Callable[[str], str]) -> Iterator[ToDo]:
    """A line for each operation: its button ticks those whose day has come; of those ahead, the next is told."""
    by_operation: dict[str, list[Due]] = {}
    for due in found.due:
        by_operation.setdefault(due.operation, []).append(due)
    for id, waits in by_operation.items():
        page, come = f"/operations/{id}", [due for due in waits if may_be_ticked(found, due)]
        if not come:
            yield ToDo(waits[0].day, titled(id), page, waits[0].milestone.name, id=id)
            continue
        if (meeting := come[0].meeting) is not None and {(due.meeting, due.day) for due in come} == {
            (meeting, come[0].day)
        }:
            page = f"/meetings/{meeting}/{come[0].day}"
        press = (HELD, "milestone", tuple(f"{id} {due.milestone.id}" for due in come))
        verb = Message("Done") if len(come) == 1 else Message("All {n} done", {"n": len(come)})
        yield ToDo(come[0].day, titled(id), page, _named(come), verb, id, press)


def _named(waits: Sequence[Due]) -> str:
    return ", ".join(due.milestone.name for due in waits)


def _outcomes(found: Today, missing: Sequence["Placement"], titled: Callable[[str], str]) -> Iterator[ToDo]:
    """The outcomes that are missing, by their one page; they are due when the operation is over."""
    fill = Message("Fill in")
    if len(missing) == 1:
        (one,) = missing
        yield ToDo(
            found.scenario.last_day(one), titled(one.operation), "/outcomes", Message("Outcome"), fill, one.operation
        )
    elif missing:
        first = min(map(found.scenario.last_day, missing))
        name = counted(len(missing), "{n} operations", "{n} operations")
        yield ToDo(first, name, "/outcomes", Message("Outcomes are missing"), fill)
    if found.doubtful:
        task = Message("Did it take place?")
        yield from (ToDo(None, titled(id), "/outcomes", task, fill, id) for id in found.doubtful)


def _frames(found: Today, titled: Callable[[str], str]) -> Iterator[ToDo]:
    bind = Message("Bind objects")
    for some, task in (
        (found.empty_already, Message("Empty, for objects at short notice")),
        (found.empty, Message("About to stay empty")),
    ):
        yield from (ToDo(slot.day, titled(id), "/objects", task, bind, id) for id, slot in some)


def _sheets(visit: "Visit", titled: Callable[[str], str]) -> Iterator[ToDo]:
    for sheet in due_sheets(visit.store, visit.draft, visit.now) if visit.has_sheets else ():
        if sheet.n_given < sheet.n_all:
            owed = [part.name for part in sheet.parts if part.missing and part.counts]
            values = {"n": sheet.n_given, "all": sheet.n_all, "parties": owed}
            task = Message("Information sheet, {n} of {all} sections, missing from {parties}", values)
            page = f"/operations/{sheet.operation}#sheet"
            yield ToDo(sheet.due, titled(sheet.operation), page, task, Message("Show"), sheet.operation)


def _of_parties(visit: "Visit") -> Iterator[ToDo]:
    done, last, parties = Message("Done"), visit.moment.date() + NEAR, visit.draft.contacts

    def named(party: str) -> str:
        return parties[party].name if party in parties else party

    for action in open_actions(visit.plan_now):
        if action.due <= last:
            page = f"/meetings/{action.meeting}/{action.day}"
            press = ("/done", "action", (action.id,))
            yield ToDo(action.due, named(action.party), page, action.action, done, action.id, press)
    for tracked in followed(visit.scenario, visit.plan_now, visit.moment.date()):
        known = tracked.improvement
        if tracked.state == "open" and known.due <= last:
            press = ("/done", "improvement", (known.id,))
            yield ToDo(known.due, named(known.owner), "/evaluations#improvements", known.action, done, known.id, press)


def _ends(found: Today) -> Iterator[ToDo]:
    for end in found.unknown_ends:
        task, page = Message("Until further notice: going on?"), f"/withdrawals/{end.withdrawal}"
        yield ToDo(end.until, ", ".join(end.units), page, task, Message("Say"), end.withdrawal)
