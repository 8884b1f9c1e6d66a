"""Forms that make an entry: their keys, and how they are handled."""

from collections.abc import Callable
from dataclasses import dataclass, field

from arshjul.actions.contacts.ledger import LEDGERS, change
from arshjul.actions.contacts.ledger import enter as enter_learnt
from arshjul.actions.draft.draft import AlreadyDone, Item
from arshjul.actions.draft.enter import enter
from arshjul.console.visit import Visit
from arshjul.console.working_out import to_options
from arshjul.errors import InputError, Refused
from arshjul.serving.fields import Kinds, filled, given
from arshjul.serving.forms import Form
from arshjul.serving.pages import Answer, Html
from arshjul.serving.shown_form import FieldProblem, Problems, ShownForm, in_field

NEVER_ASKED = "reported"
"""The key that most forms do not ask for: the entry is reported now."""
WAS = "was"
"""The field with the mark of what the entry takes the place of, as it was seen."""
SURE = "sure"
"""The field that confirms an unusual value."""


Again = Callable[[Problems, int], Html]
"""Shows the page again, with the problems and a status."""


@dataclass(frozen=True, slots=True)
class EntryForm:
    """A form for entries of the list. `kinds`: the keys that the form gives; the page adds the others.

    `is_marked`: it is refused if something else stands there now than when the page was opened.
    """

    list: str
    kinds: Kinds = field(default_factory=dict)
    is_marked: bool = False

    def item(self, form: Form, **known: object) -> dict[str, object]:
        """The entry: the form's values, and those that the page knows."""
        return {**given(self.kinds, form), **known}

    def filled(self, values: Item) -> Form:
        """The form as if an entry of those values had been sent with it."""
        return filled(self.kinds, values)


def shown(visit: Visit, name: str, else_filled: Form, problems: Problems = (), *, was: str | None = None) -> ShownForm:
    """The form of that name: as it was sent, if it is the one that comes back; otherwise `else_filled`.

    `was`: the mark of what it takes the place of, as that is now.
    """
    is_back = visit.form.text("ask") == name
    return ShownForm(name, visit.form if is_back else else_filled, is_back, problems if is_back else (), was=was)


def take(visit: Visit, name: str, item: Item, again: Again, marked: str = "") -> Answer:
    """Enters an item of that list and starts a solve; an unusable item comes back as it was typed."""
    return entered(visit, name, item, again) or to_options(visit, marked)


def entered(visit: Visit, name: str, item: Item, again: Again) -> Html | None:
    """Enters an item of that list; returns the page again if it is unusable."""
    seen, is_sure = visit.form.text("seen"), visit.form.is_checked(SURE)

    def act() -> None:
        enter(visit.store, [(name, item)], visit.person, visit.now, seen, is_sure=is_sure)

    return refused(again, (name, str(item.get("id", ""))), act)


def learn(visit: Visit, entry: EntryForm, item: Item, again: Again, id: str = "") -> Html | None:
    """Enters what counts at once, or changes what has that `id`; returns the page again if it is refused."""
    form, ledger = visit.form, LEDGERS[entry.list]
    was, is_sure = form.text(WAS) if entry.is_marked else None, form.is_checked(SURE)
    of = id or (ledger.next_id(visit.draft) if ledger.prefix else "")

    def act() -> None:
        if id:
            change(visit.store, ledger, {**item, "id": id}, visit.person, visit.now, was=was, is_sure=is_sure)
        else:
            enter_learnt(visit.store, ledger, item, visit.person, visit.now, was=was, is_sure=is_sure)

    return refused(again, (ledger.list, of), act)


def refused(again: Again, about: tuple[str, str], act: Callable[[], None]) -> Html | None:
    """Calls `act`; if it is refused, the page again with all problems, otherwise None. AlreadyDone passes.

    `about`: the list that the form is for, and the id of the item that it makes or changes.
    """
    try:
        act()
    except AlreadyDone:
        raise
    except (InputError, Refused) as error:
        found = tuple(in_field(problem, *about) for problem in error.problems)
        return again(found or (FieldProblem("", error.message),), 422 if isinstance(error, InputError) else 409)
    return None
