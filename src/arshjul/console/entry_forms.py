"""Forms that make an entry: their keys, and how they are handled."""

from collections.abc import Callable
from dataclasses import dataclass, field

from arshjul.actions.draft.draft import AlreadyDone, Item, StaleDraft
from arshjul.actions.draft.enter import enter
from arshjul.actions.draft.options import MOST_S, begin
from arshjul.actions.draft.what_if import JobAsked
from arshjul.console.visit import Visit
from arshjul.errors import InputError, Refused, StorageError
from arshjul.serving.fields import Kinds, filled, given
from arshjul.serving.forms import Form
from arshjul.serving.pages import Answer, Html, SeeOther
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
    """A form for entries of the list. `kinds`: the keys that the form gives; the page adds the others."""

    list: str
    kinds: Kinds = field(default_factory=dict)

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


def to_options(visit: Visit, marked: str = "") -> SeeOther:
    """Redirects to the options of the draft with the new entry; `marked` is the option selected by default.

    The entry is kept: if no job can begin just now, it waits on the first page. There it waits too if the form asks
    for `then=today`, to be answered by a way out.
    """
    if visit.query.text("then") == "today":
        return SeeOther("/")
    try:
        return begun(visit, visit.draft.stamp, marked)
    except (StaleDraft, StorageError):
        return SeeOther("/")


def started(visit: Visit, path: str, begin: Callable[[JobAsked], tuple[int, bool]]) -> SeeOther:
    """Begins a job for the draft as it was seen, and leads to its page below `path`. InputError if it cannot begin."""
    runner, wanted = visit.runner, visit.form.number("limit_s")
    limit_s = wanted if isinstance(wanted, int) and 0 < wanted <= MOST_S else runner.limit_s
    asking = JobAsked(visit.person, visit.now, visit.form.text("seen"), limit_s, runner.console)
    number, is_new = begin(asking)
    if is_new:
        runner.start(visit.store, number)
    return SeeOther(f"{path}/{number}")


def begun(visit: Visit, seen: str, marked: str = "", limit_s: int | None = None) -> SeeOther:
    """Begins a job for the draft as it was seen. StaleDraft if it has changed. `limit_s`: None for the usual limit.

    If an entry is refused none begins: the first page says which, and why.
    """
    if visit.draft.usable(visit.now)[1]:
        return SeeOther("/")
    runner = visit.runner
    number, is_new = begin(
        visit.store, visit.person, visit.now, seen, limit_s=limit_s or runner.limit_s, console=runner.console
    )
    if is_new:
        visit.runner.start(visit.store, number)
    return SeeOther(f"/options/{number}" + (f"?option={marked}" if marked else ""))
