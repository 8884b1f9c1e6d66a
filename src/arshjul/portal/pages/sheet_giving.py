"""`Underlag`: giving the sections that are written: to whom each goes, and on what ground."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from arshjul.errors import Message
from arshjul.portal.actions.sheet_writing import NEEDS_CODE, give, refusals
from arshjul.portal.actions.sheets import came_later, last_choices
from arshjul.portal.pages.sending import new_key, receipt_of, sent_already
from arshjul.portal.pages.sheets import GIVE, RIGHT, Desk, desk_of, frame_of
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.forms import FieldProblem, Form, Problems, ShownForm
from arshjul.serving.pages import Answer
from arshjul.year.domain.information_sheet.declared import MOST_CHARACTERS, USES
from arshjul.year.domain.information_sheet.sections import Section

SURE = "sure"
SAME = "same"
NOTHING_CHANGED = Message("Everything is given already: tick more readers, and press Give.")
GIVING_CHANGED = Message("Sections or readers have changed meanwhile: check, and press again.")


def show_giving(visit: PortalVisit) -> Answer:
    """To whom each section is given, and on what ground, as last chosen; where all is given, to whom that is."""
    desk = desk_of(visit)
    fields: dict[str, tuple[str, ...]] = {}
    first_time = _given_first(visit, desk)
    protections = {section.protects for section in desk.in_hand if section.id not in first_time}
    for section in desk.to_give:
        is_bare = section.id in first_time and not section.protects and len(protections) == 1
        shown = replace(section, protects=min(protections)) if is_bare else section  # what is new is no less protected
        fields |= _chosen_in(shown, desk)
        fields |= {"ground": (section.ground,), "weighed": (section.weighed,), "use": section.use}
    return _giving(visit, desk, Form(fields))


def take_giving(visit: PortalVisit) -> Answer:
    if (already := sent_already(visit)) is not None:
        return already
    desk, form = desk_of(visit), visit.form
    if form.text("seen") != desk.seals:
        return _shown_anew(visit)
    if any(desk.own[section.id].needs_code for section in desk.to_give):
        return _giving(visit, desk, form, (FieldProblem("", NEEDS_CODE),), 403)
    if form.text("do") == SAME:
        return _giving(visit, desk, _same_for_all(form, desk))
    sections = [_with_readers(section, form) for section in desk.to_give]
    if not desk.in_hand and desk.to_give:
        sections = _changed(visit, desk, sections)
    problems = tuple(_standing_against(sections, desk)) or (
        () if form.is_checked(SURE) else tuple(read_by_nobody(sections))
    )
    if problems:
        return _giving(visit, desk, form, problems, 422)
    seen, key = desk.rows_to_give, form.text("key")
    kept = give(visit.portal, desk.office, desk.writer, sections, seen, key, visit.now)
    return _shown_anew(visit) if kept is None else receipt_of(visit, kept.id)


def _shown_anew(visit: PortalVisit) -> Answer:
    """The form as it was sent, without who has been taken away since it was shown."""
    desk = desk_of(visit)
    return _giving(visit, desk, _without_taken(visit.form, desk), (FieldProblem("", GIVING_CHANGED),), 409)


def _changed(visit: PortalVisit, desk: Desk, sections: list[Section]) -> list[Section]:
    """Sections that the form gives otherwise than they are; or to a reader who has come since."""
    came = {(party, letter) for party, _, letters in came_later(visit.portal, desk.writer) for letter in letters}
    return [
        one
        for one, there in zip(sections, desk.to_give, strict=True)
        if replace(one, to=()) != replace(there, to=())
        or set(one.to) != set(there.to)
        or came & {(party, one.id[0]) for party in one.to}
    ]


def _with_readers(one: Section, form: Form) -> Section:
    """The section with what the form says of its readers; ground and weighing are said once for all."""
    return replace(
        one,
        to=form.several(f"to.{one.id}"),
        protects=form.text(f"provision.{one.id}") or form.text(f"protects.{one.id}"),
        ground=form.text("ground"),
        weighed=form.text("weighed")[:MOST_CHARACTERS],
        use=tuple(use for use in form.several("use") if use in USES),
    )


def _chosen_in(one: Section, desk: Desk) -> dict[str, tuple[str, ...]]:
    """The fields of a section's readers, and of what protects it: listed, or in words of one's own."""
    provision = "" if one.protects in desk.office.grounds.protections else one.protects
    return {f"to.{one.id}": one.to, f"protects.{one.id}": (one.protects,), f"provision.{one.id}": (provision,)}


def _same_for_all(form: Form, desk: Desk) -> Form:
    """The form with the readers and the protection of its first section for each: shown, and not given yet."""
    first = desk.to_give[0].id
    names = ("to", "protects", "provision")
    like = {f"{name}.{section.id}": form.several(f"{name}.{first}") for section in desk.to_give for name in names}
    return _without_taken(Form({**form.fields, **like}), desk)


def _without_taken(form: Form, desk: Desk) -> Form:
    """The form without the ticks of readers that the coordinator has taken away."""
    left = {
        f"to.{section.id}": tuple(
            id for id in form.several(f"to.{section.id}") if id not in desk.own[section.id].row.without
        )
        for section in desk.to_give
    }
    return Form({**form.fields, **left})


def _standing_against(sections: list[Section], desk: Desk) -> Iterator[FieldProblem]:
    """Problems with giving each, once where several have the same; ground and weighing are of all."""
    if not sections:
        nothing = Message("Nothing to give: write a section first.")
        yield FieldProblem("", NOTHING_CHANGED if desk.to_give else nothing)
    told = set[tuple[str, str]]()
    for section in sections:
        for key, text in refusals(section, desk.writer, desk.office.grounds):
            of_page = {
                "to": f"to.{section.id}",
                "protects": f"protects.{section.id}",
                "ground": "ground",
                "weighed": "weighed",
            }
            if (key, str(text)) not in told or key not in ("ground", "weighed"):
                told.add((key, str(text)))
                said = (
                    text
                    if key in of_page
                    else Message("{section}: {text}", {"section": section.declared.title, "text": text})
                )
                yield FieldProblem(of_page.get(key, ""), said)


def read_by_nobody(sections: Sequence[Section]) -> Iterator[FieldProblem]:
    """Asks about sections without a reader: nobody is ticked at first."""
    if alone := [section.id for section in sections if not section.to]:
        text = Message("Only you will read {letters}.", {"letters": alone})
        yield FieldProblem(f"to.{alone[0]}", text, is_question=True)


def _giving(visit: PortalVisit, desk: Desk, form: Form, found: Problems = (), status: int = 200) -> Answer:
    values = {"form": ShownForm("", form, problems=found), "key": new_key(), "seen": desk.seals, "same": SAME}
    left = [(section.declared, field) for section in desk.in_hand for field in section.unanswered]
    values |= {
        "to_give": desk.to_give,
        "new_here": _new_here(visit, desk),
        "first_time": _given_first(visit, desk),
        "is_same": form.text("do") == SAME,
    }
    behind = [section for section in desk.sections if section.id in desk.unfinished and section.id not in desk.own]
    frame = {**frame_of(visit, desk), **_choices_of(desk), **values, "unanswered": left, "not_begun": behind}
    return visit.page("sheet_giving.html", frame, status)


def _given_first(visit: PortalVisit, desk: Desk) -> set[str]:
    """The sections that the party gives for the first time, where others of these come back as it last chose."""
    new = {
        section.id
        for section in desk.in_hand
        if last_choices(visit.portal, desk.office, desk.writer, section.id) is None
    }
    return new if len(new) < len(desk.in_hand) else set()


def _new_here(visit: PortalVisit, desk: Desk) -> set[str]:
    """The readers that were not there where the party last chose; nobody where it has not."""
    for section in desk.in_hand:
        last = last_choices(visit.portal, desk.office, desk.writer, section.id)
        of = None if last is None else next((it for it in desk.view.sheets if it.operation == last.operation), None)
        if of is not None:
            return {reader.id for reader in desk.sheet.readers} - {reader.id for reader in of.readers}
    return set()


def _choices_of(desk: Desk) -> dict[str, object]:
    return {
        "protections": [
            (protection.id, f"{protection.name}: {protection.text}")
            for protection in desk.office.grounds.protections.values()
        ],
        "grounds": [(ground.id, f"{ground.name}: {ground.text}") for ground in desk.office.grounds.grounds.values()],
        "uses": USES,
    }


pages = (
    PartyPage(f"/sheets/{{operation}}/{GIVE}", "GET", RIGHT, show_giving),
    PartyPage(f"/sheets/{{operation}}/{GIVE}", "POST", RIGHT, take_giving, most_a_day=100),
)
