"""Forms that make an entry: their keys, and how they are handled.

Problems are described in the words of the fields' labels, never in the keys of files. A page writes its fields first:
`ShownForm.called` remembers the label of each, and `ShownForm.said` describes problems with it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import zip_longest

from markupsafe import Markup

from arshjul.actions.draft.draft import Item
from arshjul.actions.draft.enter import enter
from arshjul.console.answers import Answer, Html
from arshjul.console.fields import Kinds, filled, given
from arshjul.console.forms import Form
from arshjul.console.visit import Visit
from arshjul.console.working_out import to_options
from arshjul.errors import InputError, Message, Problem, Refused, named

NEVER_ASKED = "reported"
"""The key that most forms do not ask for: the entry is reported now."""
SURE = "sure"
"""The field that confirms an unusual value."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A problem with a posted form, and its field; "" if it belongs to no field.

    `is_question`: the value may be intended, and is accepted when confirmed.
    """

    field: str
    text: Message
    is_missing: bool = False
    is_question: bool = False


Problems = tuple[FieldProblem, ...]

Again = Callable[[Problems, int], Html]
"""Shows the page again, with the problems and a status."""


@dataclass(frozen=True, slots=True)
class EntryForm:
    """A form for entries of the list. `kinds`: the keys that the form gives; the page adds the others."""

    list: str
    kinds: Kinds = field(default_factory=dict)

    def item(self, form: Form, **known: object) -> dict[str, object]:
        """The entry: the form's values, and those that the page knows."""
        return {**given(self.kinds, form), **known}

    def filled(self, values: Item) -> Form:
        """The form as if an entry of those values had been sent with it."""
        return filled(self.kinds, values)


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form as a page shows it, with the values of its fields. `name` makes its fields' ids unique on the page.

    `labels`: the labels of its fields that the page has written so far.
    """

    name: str
    form: Form
    is_open: bool = False
    problems: Problems = ()
    labels: dict[str, str] = field(default_factory=dict)

    def id(self, field: str) -> str:
        """The id of a field, for its label."""
        return f"{self.name}-{field}" if self.name else field

    def called(self, field: str, label: str) -> str:
        """The label of the field, which is remembered."""
        self.labels.setdefault(field, label.partition(" (")[0])
        return label

    @property
    def wrong_id(self) -> str:
        """The beginning of the ids of shown problems, before the number of the problem."""
        return f"{self.id('wrong')}-"

    def described(self, field: str) -> Markup:
        """The attribute by which screen readers read out the problems of a field, or group of fields, with it."""
        places = enumerate(one.field for one in self.problems)
        ids = [f"{self.wrong_id}{n}" for n, place in places if f"{place}.".startswith(f"{field}.")]
        return Markup(' aria-describedby="{}"').format(" ".join(ids)) if ids else Markup()

    def wrong(self, field: str) -> Markup:
        """The attributes of a field with problems; empty if it has none."""
        described = self.described(field)
        return Markup(' aria-invalid="true"') + described if described else described

    def said(self, problem: FieldProblem) -> Message:
        """The problem in the words of the form; to be called when the fields are written."""
        label, text = self._label(problem.field), named(problem.text, self._label)
        if not label or text != problem.text:
            return text
        if problem.is_missing:
            return Message("{field} is missing: fill it in.", {"field": label})
        return Message("{field}: {text}", {"field": label, "text": text})

    def _label(self, field: str) -> str:
        """The label of the field, or of the group that it belongs to."""
        while field and field not in self.labels:
            field = field.rpartition(".")[0]
        return self.labels.get(field, "")

    @property
    def asks(self) -> bool:
        """True if there are problems, and all of them are questions."""
        return bool(self.problems) and all(one.is_question for one in self.problems)

    def text(self, field: str) -> str:
        """The text in a field."""
        return self.form.text(field)

    def has(self, field: str, value: str) -> bool:
        """True if the value is ticked or chosen."""
        return value in self.form.fields.get(field, ())

    def rows(self, *fields: str, least: int = 1) -> list[tuple[str, ...]]:
        """The values of fields that form rows, at least the given number of rows."""
        sent = list(zip_longest(*(self.form.fields.get(one, ()) for one in fields), fillvalue=""))
        return sent + [("",) * len(fields)] * max(least - len(sent), 1)


def shown(visit: Visit, name: str, else_filled: Form, problems: Problems = ()) -> ShownForm:
    """The form of that name: as it was sent, if it is the one that comes back; otherwise `else_filled`."""
    is_back = visit.form.text("ask") == name
    return ShownForm(name, visit.form if is_back else else_filled, is_back, problems if is_back else ())


def take(visit: Visit, name: str, item: Item, again: Again, marked: str = "", instead: int | None = None) -> Answer:
    """Enters an item of that list and starts a solve; an unusable item comes back as it was typed.

    `instead`: the number of the waiting entry that this one replaces.
    """
    return entered(visit, name, item, again, instead) or to_options(visit, marked)


def entered(visit: Visit, name: str, item: Item, again: Again, instead: int | None = None) -> Html | None:
    """Enters an item of that list; returns the page again if it is unusable."""
    seen, is_sure = visit.form.text("seen"), visit.form.is_checked(SURE)

    def act() -> None:
        enter(visit.store, [(name, item)], visit.person, visit.now, seen, instead=instead, is_sure=is_sure)

    return refused(again, (name, str(item.get("id", ""))), act)


def refused(again: Again, about: tuple[str, str], act: Callable[[], None]) -> Html | None:
    """Calls `act`; if it is refused, the page again with all problems, otherwise None.

    `about`: the list that the form is for, and the id of the item that it makes or changes.
    """
    try:
        act()
    except (InputError, Refused) as error:
        found = tuple(_in_field(problem, *about) for problem in error.problems)
        return again(found or (FieldProblem("", error.message),), 422 if isinstance(error, InputError) else 409)
    return None


def _in_field(problem: Problem, name: str, id: str) -> FieldProblem:
    """The problem at the field of the form that it is about; a problem of another item names its id."""
    if problem.item not in ("", id):
        return FieldProblem("", Message("{field}: {text}", {"field": problem.item, "text": problem.text}))
    inside = re.match(rf"{name}\[\d+\]\.?(.*)", problem.path)
    place = "" if inside is None else re.sub(r"\[\d+\]", "", inside[1])
    return FieldProblem(place, problem.text, problem.kind == "missing-key", problem.kind == "idle")
