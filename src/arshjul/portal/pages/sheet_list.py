"""The list of `Underlag`: the party's information sheets by urgency, those to be given soon first."""

from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from arshjul.actions.parties.entries import today
from arshjul.actions.parties.sheets import left_to_give, purged_of
from arshjul.domain.party_view import PartyView, ViewSheet
from arshjul.portal.visit import PortalVisit
from arshjul.serving.pages import Answer, NoSuchPage

SOON = timedelta(weeks=3)

LeftToGive = tuple[ViewSheet, list[str]]
"""A sheet, and the sections that are wanted of the party and not given."""


class ByUrgency(NamedTuple):
    """A party's sheets: due within three weeks, late, due later or never, and done."""

    soon: list[LeftToGive]
    late: list[LeftToGive]
    later: list[LeftToGive]
    done: list[LeftToGive]


def by_urgency(visit: PortalVisit, view: PartyView, day: date) -> ByUrgency:
    found = ByUrgency([], [], [], [])
    for sheet, left in left_to_give(visit.portal, view, day):
        where = found.done if not left else found.later
        if left and sheet.due is not None and sheet.due <= day + SOON:
            where = found.late if sheet.due < day else found.soon
        where.append((sheet, left))
    return found


def summaries(view: PartyView) -> dict[str, str]:
    """What the party's calendar calls each of its operations."""
    return {one.operation: one.summary for one in view.events if one.operation}


def show_all(visit: PortalVisit) -> Answer:
    if visit.sheets is None:
        raise NoSuchPage
    _, view = visit.view()
    day, zone = today(view, visit.now), ZoneInfo(view.timezone)
    values = {
        "sheets": by_urgency(visit, view, day),
        "names": summaries(view),
        "purged": [(one, one.at.astimezone(zone)) for one in purged_of(visit.portal, view)],
    }
    return visit.page("sheets.html", {"view": view, "today": day, **values})
