"""A visit: everything that a page is called with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul.actions.draft.draft import Draft
from arshjul.actions.subscribers.public_address import is_this_computer
from arshjul.console.forms import Form
from arshjul.console.runner import Runner
from arshjul.console.years import Years
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import ArshjulError, InputError, Message
from arshjul.formats.catalogues import words
from arshjul.store.sessions import Session
from arshjul.store.store import Store
from arshjul.texts import Words


@dataclass(frozen=True, slots=True)
class Visit:
    """A person's request, and what the console knows. `token` is the cookie's; empty for who is not in.

    `address` is where the console was reached, without a slash at its end.
    """

    store: Store
    years: Years
    opened: Callable[[], Draft]
    runner: Runner
    address: str
    feeds_url: str
    session: Session | None
    token: str
    path: Mapping[str, str]
    query: Form
    form: Form
    now: datetime
    words: Words
    takes_gzip: bool = False
    wants_part: bool = False
    """True if a script of the page asks, which puts a part of the answer into the page that is there."""

    @property
    def person(self) -> str:
        """The name by which entries are signed."""
        return "" if self.session is None else self.session.person

    @property
    def draft(self) -> Draft:
        """The year as it is now; for a page that is looked at, as it was at its first question."""
        return self.opened()

    @property
    def is_rehearsal(self) -> bool:
        """True if the year is only tried out; also where there is none yet that says so."""
        try:
            return self.draft.is_rehearsal
        except ArshjulError:
            return False

    @property
    def scenario(self) -> Scenario:
        """Its scenario, as changed so far."""
        return self.draft.scenario

    @property
    def is_here_alone(self) -> bool:
        """True if the addresses of this console lead nobody but this computer anywhere."""
        return is_this_computer(self.address)

    @property
    def moment(self) -> datetime:
        """The moment from which pages see the plan: never before its own."""
        draft = self.draft
        return max(draft.moment(self.now), draft.made_plan.as_of)

    @property
    def plan_now(self) -> Plan:
        """The plan seen from now: what it says of an operation depends on the day."""
        return replace(self.draft.made_plan, as_of=self.moment)

    @property
    def year_words(self) -> Words:
        """The language in which what is written of the year is told."""
        return words(self.draft.scenario.language)

    def number(self, name: str) -> int:
        """A number in the path. InputError where it is none."""
        text = self.path[name]
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise InputError(Message("There is no such page."))
        return int(text)
