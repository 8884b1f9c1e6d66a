"""Knowledge pages: `Om oss` with the cards of all, `Lägesbild`, `Möten` with points for them, and `Hinder`."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from arshjul.errors import Message
from arshjul.portal.actions.entries import on_its_way, sent_of, today
from arshjul.portal.pages.sending import EntryPage, Read, Values, far_dates, wrong_with
from arshjul.portal.pages.sheets import desk_of
from arshjul.portal.visit import ANY_CONTACT, PartyPage, PortalVisit
from arshjul.serving.fields import PICTURE_FIELDS, SEVERAL, filled, given, kinds_of, picture_choices
from arshjul.serving.forms import FieldProblem, Form
from arshjul.serving.pages import Answer
from arshjul.serving.rendering import short
from arshjul.year.agenda.party import party_named
from arshjul.year.agenda.party_entry import STATES, reference
from arshjul.year.agenda.party_view import TEXTS
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.learnt import PLAIN
from arshjul.year.domain.entries.obstacle import ASKED_OF_ALL, CATEGORY_OF_SECTION, SharingObstacle, rule_of
from arshjul.year.domain.party_view import PartyView, ViewCard
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.party_entry import AGENDA_POINT, CARD, KINDS, OBSTACLE, PICTURE
from arshjul.year.texts import Words

# Cards.

CARD_FIELDS = kinds_of(KINDS[CARD].model, "reported", "party", sectors=SEVERAL)


def _own_card(view: PartyView) -> ViewCard | None:
    return next((card for card in view.cards.cards if card.party == view.id), None)


def _card(visit: PortalVisit, view: PartyView) -> Form:
    """The party's sent card on its way; else the card as it stands; else nothing."""
    if (on_way := on_its_way(visit.portal, view, CARD)) is not None:
        return filled(CARD_FIELDS, on_way)
    if (own := _own_card(view)) is None:
        return Form()
    day = {} if own.review_by is None else {"review_by": own.review_by.isoformat()}
    return filled(CARD_FIELDS, {**own.said, "sectors": list(own.sectors), **day})


def _about_cards(visit: PortalVisit, view: PartyView) -> Values:
    return {"texts_of": TEXTS, "own": _own_card(view), "today": today(view, visit.now)}


def show_cards(visit: PortalVisit) -> Answer:
    _, view = visit.view()
    return visit.page("cards.html", {"view": view, "today": today(view, visit.now)})


# Meetings.


def _meeting_name(meeting: str, day: str) -> str:
    return f"{meeting} {day}"


def _about_meetings(visit: PortalVisit, view: PartyView) -> Values:
    there = view.meetings.meetings
    said = ((meeting, f"{meeting.name} {short(visit.words, meeting.day)}") for meeting in there if meeting.is_invited)
    return {
        "meetings": there,
        "called": {event.operation: event.summary for event in view.events if event.operation},
        "choices": [(_meeting_name(one.id, str(one.day)), name) for one, name in said],
    }


def _point(visit: PortalVisit, view: PartyView) -> Read:
    chosen = {_meeting_name(meeting.id, str(meeting.day)): meeting for meeting in view.meetings.meetings}
    one = chosen.get(visit.form.text("meeting"))
    if one is None or not one.is_invited:
        return {}, (FieldProblem("meeting", Message("Choose again.")),)
    body = {"meeting": one.id, "date": one.day.isoformat(), "point": visit.form.text("point")}
    return body, wrong_with(visit, view, AGENDA_POINT, body)


# Pictures.


PICTURE_OF_PARTY = {key: kind for key, kind in PICTURE_FIELDS.items() if key != "by"}


def _about_picture(visit: PortalVisit, view: PartyView) -> Values:
    areas, sectors = ([(word.id, word.name) for word in some] for some in (view.areas, view.sectors))
    return {"choices": picture_choices(areas, sectors, visit.words)}


# Obstacles: of one that an information sheet offers, its section says much already.

BEHIND = timedelta(days=730)
"""Obstacles are asked about for the past as far as for the future."""

OBSTACLE_FIELDS = {
    key: kind for key, kind in kinds_of(shape(SharingObstacle)).items() if key in (*ASKED_OF_ALL, "date", "operation")
}
SIDES = {"asker": Message("We needed it"), "asked": Message("We have it")}


def show_obstacles(visit: PortalVisit) -> Answer:
    _, view = visit.view()
    own = sent_of(visit.portal, visit.contact, (OBSTACLE,))
    return visit.page("obstacles.html", {"view": view, "sent": own, "states": STATES, "reference": reference})


def _obstacle(visit: PortalVisit, view: PartyView) -> Form:
    day = today(view, visit.now).isoformat()
    return Form({"date": (day,), "side": ("asker",), **_of_section(visit, view)})


def _of_section(visit: PortalVisit, view: PartyView) -> dict[str, tuple[str, ...]]:
    """The operation, and the kind of thing and the rule of the party's own section, as far as this session sees it."""
    operation = visit.query.text("operation")
    if visit.sheets is None or not any(sheet.operation == operation for sheet in view.sheets):
        return {}
    desk = desk_of(visit, operation)
    sheet, there = desk.sheet, desk.own.get(visit.query.text("section"))
    begun: dict[str, tuple[str, ...]] = {
        "side": ("asked",),
        "operation": (sheet.operation,),
        "needed_for": ("prepare",),
    }
    if len(sheet.readers) == 1:
        begun["other"] = (party_named(sheet.readers[0].id).id,)
    if there is None or there.section is None:
        return begun
    section = there.section
    begun["category"] = (CATEGORY_OF_SECTION.get(section.id[0], "plans"),)
    return begun | ({"rule": (rule_of(section.protects),)} if section.protects else {})


def _own_operations(view: PartyView, words: Words) -> list[tuple[str, str]]:
    """As its calendar has them, with their dates."""
    return [
        (event.operation, f"{words('{day}', day=event.first)}: {event.summary}")
        for event in view.events
        if event.operation
    ]


def _about_obstacle(visit: PortalVisit, view: PartyView) -> Values:
    return {
        "asked": ASKED_OF_ALL,
        "choices": {},
        "sides": [(id, visit.words.say(text)) for id, text in SIDES.items()],
        "operations": _own_operations(view, visit.words),
    }


def _between(visit: PortalVisit, view: PartyView) -> Read:
    """The obstacle, in which one field for the other party and one for the own side say who asked whom."""
    form, day = visit.form, today(view, visit.now)
    side, other = form.text("side"), form.text("other")
    body = given(OBSTACLE_FIELDS, form)
    body |= {"asker": view.id, "asked": other} if side == "asker" else {"asker": other, "asked": view.id}
    asked = far_dates({key: value for key, value in body.items() if key == "date"}, Span(day - BEHIND, day))
    problems = (*_not_chosen(view, body, side, other), *wrong_with(visit, view, OBSTACLE, body, asked=asked))
    return body, tuple(map(_at_other, problems))


def _not_chosen(view: PartyView, body: Mapping[str, object], side: str, other: str) -> Iterator[FieldProblem]:
    if other not in view.others:
        yield FieldProblem("other", Message("Choose the other party."))
    if side not in SIDES:
        yield FieldProblem("side", Message("Choose again."))
    if "operation" in body and body["operation"] not in {event.operation for event in view.events if event.operation}:
        yield FieldProblem("operation", Message("Choose again."))


def _at_other(problem: FieldProblem) -> FieldProblem:
    is_party = problem.field in ("asker", "asked")
    return FieldProblem("other", problem.text, problem.is_missing) if is_party else problem


# Lists of which nothing is said but their declaration.


def _plain(name: str) -> EntryPage:
    kind = KINDS[name]
    fields = kinds_of(kind.model, *kind.known)
    said = {"words": PLAIN[name], "asked": list(fields)}

    def values(visit: PortalVisit, view: PartyView) -> Values:
        return {**said, "choices": {"operations": _own_operations(view, visit.words)}}

    return EntryPage(f"/{name}", name, "learnt.html", fields, values=values)


pages = (
    PartyPage("/cards", "GET", ANY_CONTACT, show_cards),
    *EntryPage("/card", CARD, "card_page.html", CARD_FIELDS, begun=_card, values=_about_cards).pages,
    *EntryPage("/picture", PICTURE, "picture_page.html", PICTURE_OF_PARTY, values=_about_picture).pages,
    *EntryPage("/meetings", AGENDA_POINT, "meetings.html", read=_point, values=_about_meetings).pages,
    PartyPage("/obstacles", "GET", ANY_CONTACT, show_obstacles),
    *EntryPage(
        "/obstacles/new",
        OBSTACLE,
        "obstacle.html",
        begun=_obstacle,
        read=_between,
        values=_about_obstacle,
        back="/obstacles",
    ).pages,
    *(page for name in PLAIN if name in KINDS for page in _plain(name).pages),
)
