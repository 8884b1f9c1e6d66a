"""Forms that make an entry, and what follows: a job that looks for options, whose page says how far it is."""

from collections.abc import Callable
from dataclasses import dataclass, field

from arshjul.errors import InputError, Message, Refused, StorageError
from arshjul.office.console.visit import Visit
from arshjul.office.contacts.ledger import LEDGERS, change
from arshjul.office.contacts.ledger import enter as enter_learnt
from arshjul.office.draft.draft import AlreadyDone, Item, StaleDraft
from arshjul.office.draft.enter import enter
from arshjul.office.draft.study import JobAsked, begin
from arshjul.office.store.jobs import MOST_S, Job, kind_of
from arshjul.serving.fields import Kinds, filled, given
from arshjul.serving.forms import FieldProblem, Form, Problems, ShownForm, in_field
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.year.rules.objectives import LEVEL_NAMES


def to_options(visit: Visit, marked: str = "") -> SeeOther:
    """Redirects to the options of the draft with the new entry; `marked` is the option selected by default.

    The entry is kept: if no job can begin just now, it waits on the first page. There it waits too if the form asks
    for `then=today`, to be answered by a way out.
    """
    if visit.query.text("then") == "today":
        return SeeOther("/")
    try:
        return begun(visit, visit.draft.stamp, marked=marked)
    except (StaleDraft, StorageError):
        return SeeOther("/")


def begun(visit: Visit, seen: str, about: str = "", marked: str = "") -> SeeOther:
    """Begins a job for the draft as it was seen, with the form's time limit. StaleDraft if it has changed.

    If an entry is refused no options are begun: the first page says which, and why. InputError if it cannot be asked.
    """
    if not about and visit.draft.usable(visit.now)[1]:
        return SeeOther("/")
    runner, wanted = visit.runner, visit.form.number("limit_s")
    limit_s = wanted if isinstance(wanted, int) and 0 < wanted <= MOST_S else runner.limit_s
    number, is_new = begin(visit.store, JobAsked(visit.person, visit.now, seen, about, limit_s, runner.console))
    if is_new:
        runner.start(visit.store.apart, number)
    return SeeOther(f"/{kind_of(about)}/{number}" + (f"?option={marked}" if marked else ""))


def progress(visit: Visit, job: Job, asked: Message | None = None) -> Html:
    """A job's progress, or the reason for no answer. `asked`: the question; None: for options."""
    values = {
        "draft": visit.draft,
        "job": job,
        "asked": asked,
        "seconds": int((visit.now - job.started_at).total_seconds()),
        "silent_s": int((visit.now - job.heartbeat).total_seconds()) if job.is_silent(visit.now) else None,
        "level": LEVEL_NAMES.get(job.level) or Message("{id}", {"id": job.level}),
        "longer_s": job.longer_s if job.state == "out-of-time" else None,
        "option": visit.query.text("option"),
    }
    return Html("job.html", values, part="content" if job.is_over else "progress", is_last=job.is_over)


NEVER_ASKED = "reported"  # the key that most forms do not ask for: the entry is reported now
WAS = "was"  # the field with the mark of what the entry takes the place of, as it was seen
SURE = "sure"  # the field that confirms an unusual value


Again = Callable[[Problems, int], Html]  # shows the page again, with the problems and a status


@dataclass(frozen=True, slots=True)
class EntryForm:
    list: str
    kinds: Kinds = field(default_factory=dict)
    is_marked: bool = False

    def item(self, form: Form, **known: object) -> dict[str, object]:
        return {**given(self.kinds, form), **known}

    def filled(self, values: Item) -> Form:
        return filled(self.kinds, values)


def shown(visit: Visit, name: str, else_filled: Form, problems: Problems = (), *, was: str | None = None) -> ShownForm:
    """The form of that name, as it was sent if it comes back. `was`: the mark of what it takes the place of."""
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
    """Calls `act`; if it is refused, the page again. `about`: the list, and the id of the item. AlreadyDone passes."""
    try:
        act()
    except AlreadyDone:
        raise
    except (InputError, Refused) as error:
        problems = tuple(in_field(problem, *about) for problem in error.problems)
        return again(problems or (FieldProblem("", error.message),), 422 if isinstance(error, InputError) else 409)
    return None
