"""What is asked of a party now: late first, then by deadline, each with what answers it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from arshjul.actions.parties.entries import is_over, standing_questions
from arshjul.actions.parties.evaluations import is_said
from arshjul.actions.parties.offers import party_calls
from arshjul.domain.party_view import PartyView
from arshjul.portal.pages.sheet_list import by_urgency
from arshjul.portal.visit import PortalVisit

MOST_SHEETS = 5
"""The sheets that are listed: their own page has all."""


@dataclass(frozen=True, slots=True)
class ToAnswer:
    """Something that is asked: a question, a call for offers, sheets, an evaluation or an action. `of`: what of it.

    `due`: up to when; None if nobody has said.
    """

    kind: str
    of: object
    due: date | None
    is_late: bool = False


def asked_of(visit: PortalVisit, view: PartyView, day: date) -> list[ToAnswer]:
    """All that the contact may answer."""
    found = [*_answered(visit, view, day), *_written(visit, view, day)]
    return sorted(found, key=lambda one: (not one.is_late, one.due or date.max))


def _answered(visit: PortalVisit, view: PartyView, day: date) -> Iterator[ToAnswer]:
    may, due = visit.contact.may, None if view.deadline is None else view.deadline.date()
    if "answer" in may and not is_over(view, visit.now):
        yield from (ToAnswer("question", one, due) for one in standing_questions(visit.portal, view) if one.is_open)
    if "offer" in may and view.calls:
        calls = (one.call for one in party_calls(visit.portal, view, day) if one.row is None)
        yield from (ToAnswer("offer", one, one.due, one.due < day) for one in calls)


def _written(visit: PortalVisit, view: PartyView, day: date) -> Iterator[ToAnswer]:
    may = visit.contact.may
    if visit.sheets is not None and "sheet" in may:
        sheets = by_urgency(visit, view, day)
        for some, is_late in ((sheets.late, True), (sheets.soon, False)):
            if some:
                yield ToAnswer("sheets", some, min(one.due for one, _ in some if one.due), is_late)
    if "evaluate" in may and view.evaluations:
        said = is_said(visit.portal, view)
        there = (one for one in view.evaluations if one.is_open(day) and one.operation not in said)
        yield from (ToAnswer("evaluation", one, one.closes) for one in there)
    actions = (*view.learnt.to_do, *view.meetings.actions)
    yield from (ToAnswer("action", one, one.due, one.due < day) for one in actions)
