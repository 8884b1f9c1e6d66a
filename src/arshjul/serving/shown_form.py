"""A form as a page shows it, and what is wrong with what was posted.

Problems are described in the words of the fields' labels, never in the keys of files. A page writes its fields first:
`ShownForm.called` remembers the label of each, and `ShownForm.said` describes problems with it.
"""

import re
from dataclasses import dataclass, field
from itertools import zip_longest

from markupsafe import Markup

from arshjul.errors import Message, Problem, named
from arshjul.serving.forms import Form

QUESTIONS = frozenset({"idle", "pinned-together", "secret-place"})
"""The kinds of problems with what may be meant so."""


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


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form as a page shows it, with the values of its fields. `name` makes its fields' ids unique on the page.

    `labels`: the labels of its fields that the page has written so far. `was`: the mark of what it takes the place of;
    None if that is not asked.
    """

    name: str
    form: Form
    is_open: bool = False
    problems: Problems = ()
    labels: dict[str, str] = field(default_factory=dict)
    was: str | None = None

    def id(self, field: str) -> str:
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
        return self.form.text(field)

    def has(self, field: str, value: str) -> bool:
        return value in self.form.fields.get(field, ())

    def rows(self, *fields: str, least: int = 1) -> list[tuple[str, ...]]:
        """The values of fields that form rows, at least the given number of rows."""
        sent = list(zip_longest(*(self.form.fields.get(one, ()) for one in fields), fillvalue=""))
        return sent + [("",) * len(fields)] * max(least - len(sent), 1)


def in_field(problem: Problem, name: str, id: str) -> FieldProblem:
    """The problem at the field of the form that it is about; a problem of another item names its id."""
    if problem.item not in ("", id):
        return FieldProblem("", Message("{field}: {text}", {"field": problem.item, "text": problem.text}))
    inside = re.match(rf"{name}\[\d+\]\.?(.*)", problem.path)
    place = "" if inside is None else re.sub(r"\[\d+\]", "", inside[1])
    return FieldProblem(place, problem.text, problem.kind == "missing-key", problem.kind in QUESTIONS)
