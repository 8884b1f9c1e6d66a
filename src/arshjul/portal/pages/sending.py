"""Common parts of the forms that send an entry."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from secrets import token_hex
from typing import NamedTuple

from arshjul.errors import Message
from arshjul.portal.actions.entries import moment, new_row, problems, send, sent_before
from arshjul.portal.entry_text import report_lines, when
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.fields import Kinds, declared, given
from arshjul.serving.forms import FieldProblem, Form, Problems, ShownForm, in_field
from arshjul.serving.pages import Answer, SeeOther
from arshjul.year.agenda.party_entry import TITLES
from arshjul.year.domain.business_traces import of_business
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.party_view import PartyView, ViewEvent
from arshjul.year.formats.schema.party_entry import KINDS, NUMBER
from arshjul.year.texts import counted

Handler = Callable[[PortalVisit], Answer]

KEY_BYTES = 32
SURE = "sure"
STILL = "still"  # the kind of entry that one press sends: it has nothing to check
CHANGE = "change"  # the button of a check page that leads back to the form, as it was filled in


def new_key() -> str:
    """The key of a form: however often that is sent, it is one entry."""
    return token_hex(KEY_BYTES)


def of_form(seen: str, view: PartyView, form: Form, found: Problems) -> dict[str, object]:
    """Template values of a page whose form sends an entry. `seen`: the mark of the view that it was filled in from."""
    return {"view": view, "form": ShownForm("", form, problems=found), "key": new_key(), "seen": seen, "back": ""}


def wrong_with(
    visit: PortalVisit,
    view: PartyView,
    kind: str,
    body: Mapping[str, object],
    more: Iterable[FieldProblem] = (),
    asked: Iterable[FieldProblem] = (),
) -> Problems:
    """Problems of an entry, and if there is none, questions until the visitor confirms it.

    `more`: what else is wrong with it, where nothing is by its declaration; `asked`: what else is asked about.
    """
    list = KINDS[kind].list
    field_problems = declared_problems(view, kind, body) or [*more]
    if not field_problems and not visit.form.is_checked(SURE):
        field_problems = [*(in_field(problem, list, NUMBER) for problem in of_business(list, body)), *asked]
    return tuple(field_problems)


def declared_problems(view: PartyView, kind: str, body: Mapping[str, object]) -> list[FieldProblem]:
    return [in_field(problem, KINDS[kind].list, NUMBER) for problem in problems(view, kind, body)]


Read = tuple[Mapping[str, object], Problems]  # an entry, and what is wrong with it, or is asked about
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A page with a form that sends an entry of that kind at once.

    `begun`: what the form is filled in with. `read`: the entry that was sent; None: its `fields`, by their declaration.
    `values`: what the template shows besides. `back`: the page to go back to without sending.
    """

    path: str
    kind: str
    template: str
    fields: Kinds = field(default_factory=dict)
    begun: Callable[[PortalVisit, PartyView], Form] = lambda *_: Form()
    read: Callable[[PortalVisit, PartyView], Read] | None = None
    values: Callable[[PortalVisit, PartyView], Values] = lambda *_: {}
    back: str = ""

    @property
    def pages(self) -> tuple[PartyPage, PartyPage]:
        right = KINDS[self.kind].may
        return PartyPage(self.path, "GET", right, self.show), PartyPage(self.path, "POST", right, once(self.take))

    def show(self, visit: PortalVisit) -> Answer:
        mark, view = visit.view()
        return self._form(visit, mark, view, self.begun(visit, view))

    def take(self, visit: PortalVisit) -> Answer:
        """Sends it, and shows its receipt; the form again if something is wrong with it, or is asked about."""
        mark, view = visit.view()
        body, field_problems = self._read(visit, view) if self.read is None else self.read(visit, view)
        return (
            self._form(visit, mark, view, visit.form, field_problems)
            if field_problems
            else sent(visit, self.kind, body, view)
        )

    def _read(self, visit: PortalVisit, view: PartyView) -> Read:
        body = given(self.fields, visit.form)
        return body, wrong_with(visit, view, self.kind, body)

    def _form(self, visit: PortalVisit, mark: str, view: PartyView, form: Form, found: Problems = ()) -> Answer:
        list = KINDS[self.kind].list
        values = {
            **of_form(mark, view, form, found),
            "path": self.path,
            "back": self.back,
            "shape": list,
            "keys": declared(list),
            **self.values(visit, view),
        }
        return visit.page(self.template, values, 422 if found else 200)


def far_dates(dates: Mapping[str, object], usual: Span) -> Iterator[FieldProblem]:
    """Asks about each date, by its field, that lies outside the usual ones."""
    for name, day in ((name, date.fromisoformat(str(day))) for name, day in dates.items()):
        if day not in usual:
            text = Message("{day} is far from today. Is it right?", {"day": day})
            yield FieldProblem(name, text, is_question=True)


class ToSend(NamedTuple):
    """`found`: what is wrong. `corrects`: what it takes the place of. `touched`: the operations that it is about."""

    kind: str
    body: Mapping[str, object]
    view: PartyView
    found: Problems
    corrects: str = ""
    touched: Sequence[ViewEvent] | None = None


def check_and_send(
    path: str, read: Callable[[PortalVisit], ToSend], form: Callable[..., Answer]
) -> tuple[PartyPage, ...]:
    """The page that says all of a report, and the one that sends it; the form again if something is wrong."""

    def answer(visit: PortalVisit, *, is_last: bool) -> Answer:
        one = read(visit)
        if one.found or visit.form.is_checked(CHANGE):
            return form(visit, visit.form, one.found, 422 if one.found else 200)
        if is_last or one.kind == STILL:
            return sent(visit, one.kind, one.body, one.view, one.corrects)
        lines = list(report_lines(one.kind, one.body, one.view, visit.words))
        values = {"one": one, "view": one.view, "title": TITLES[one.kind], "lines": lines, "change": CHANGE}
        values |= {"fields": visit.form.pairs("token", CHANGE), "now": moment(one.view, visit.now)}
        values |= {"when": partial(when, visit.words), "path": path.format(**visit.path)}
        values["n_touched"] = counted(
            len(one.touched or ()), "One operation of yours is hit", "{n} operations of yours are hit"
        )
        return visit.page("check.html", values)

    ways = {path: False, f"{path}/send": True}
    return tuple(PartyPage(at, "POST", "report", once(partial(answer, is_last=last))) for at, last in ways.items())


def sent(visit: PortalVisit, kind: str, body: Mapping[str, object], view: PartyView, corrects: str = "") -> Answer:
    form, contact = visit.form, visit.contact
    row = new_row(contact, form.text("key"), kind, body, form.text("seen"), corrects, visit.now)
    digest = "" if visit.session is None else visit.session.digest
    made = send(visit.portal, contact, digest, row, body, view)
    return receipt_of(visit, made.id)


def once(take: Handler) -> Handler:
    """Does what a form asks for the first time that it is sent, and shows the receipt of that each time after it."""
    return lambda visit: sent_already(visit) or take(visit)


def sent_already(visit: PortalVisit) -> Answer | None:
    """The receipt of the form, if it was sent before: a second press changes nothing."""
    made = sent_before(visit.portal, visit.contact, visit.form.text("key"))
    return None if made is None else receipt_of(visit, made.id)


def receipt_of(visit: PortalVisit, id: str) -> Answer:
    return SeeOther(f"/receipts/{id}?as={visit.contact.id}")
