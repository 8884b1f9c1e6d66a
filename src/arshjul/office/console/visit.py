"""The console's pages: who may use each, and what it is called with; a path without a declaration is not answered."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from arshjul.errors import ArshjulError, InputError, Message
from arshjul.office.console.portal_sync import PortalSync
from arshjul.office.console.runner import Runner
from arshjul.office.console.years import Years
from arshjul.office.draft.draft import Draft
from arshjul.office.store import audit
from arshjul.office.store.sessions import Session
from arshjul.office.store.store import Store
from arshjul.office.subscribers.read_feed import is_this_computer
from arshjul.serving.pages import Answer, PageVisit, SeeOther, ServedPage
from arshjul.year.domain.calendar import Span, year_label
from arshjul.year.domain.feature import ALL_FEATURES, Feature, feature_of
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.texts import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(PageVisit):
    """A person's request, and the console's state. `address`: where it was reached, without a slash at its end."""

    store: Store
    years: Years
    runner: Runner
    portal_sync: PortalSync | None
    address: str
    feeds_url: str
    portal_url: str
    session: Session | None
    has_sheets: bool = True

    def close_outside(self) -> None:
        """Carries at once, so that what was closed here is closed at the portal too; else its pages say so."""
        if self.portal_sync is not None:
            self.store.see_anew()  # what it takes in too
            self.portal_sync.turn()

    @property
    def person(self) -> str:
        return "" if self.session is None else self.session.person

    @property
    def clock_asked(self) -> Message | None:
        with self.store.reading() as db:
            return audit.jump_since(db, self.now)

    @property
    def draft(self) -> Draft:
        return self.years.now(self.store)

    @property
    def is_rehearsal(self) -> bool:
        try:
            return self.draft.is_rehearsal
        except ArshjulError:
            return False

    @property
    def uses(self) -> tuple[str, ...]:
        try:
            return self.draft.scenario.uses
        except ArshjulError:
            return ALL_FEATURES

    def is_used(self, feature: Feature | None) -> bool:
        return feature is None or feature.id in self.uses

    @property
    def scenario(self) -> Scenario:
        return self.draft.scenario

    @property
    def choices(self) -> dict[str, list[tuple[str, str]]]:
        """Choices of forms, by their section in files: each by id and name."""
        scenario = self.scenario
        return {
            "parties": [(id, party.name) for id, party in scenario.parties.items()],
            "names": [(id, scenario.word(id)) for id in scenario.sectors],
            "areas": [(area.id, area.name) for area in scenario.areas.values()],
            "programmes": [(programme.id, programme.name) for programme in scenario.known_programmes],
            "operations": [(id, f"{id} {operation.title}") for id, operation in scenario.operations.items()],
        }

    @property
    def is_here_alone(self) -> bool:
        """True if the addresses of this console are of use on this computer only."""
        return is_this_computer(self.address)

    @property
    def moment(self) -> datetime:
        """The moment for which pages show the plan: never before the plan's own."""
        draft = self.draft
        return max(draft.moment(self.now), draft.made_plan.as_of)

    @property
    def plan_now(self) -> Plan:
        """The plan as of now, with what is learnt: the state of an operation depends on the day."""
        return replace(self.draft.learnt_plan.shown(self.uses), as_of=self.moment)

    @property
    def shown_year(self) -> Span:
        scenario, wanted = self.scenario, self.query.text("year")
        named = [year for year in scenario.years if year_label(year) == wanted]
        return named[0] if named else scenario.year_on(self.moment.date())

    @property
    def year_words(self) -> Words:
        return words(self.draft.scenario.language)

    def number(self, name: str) -> int:
        """A number in the path. InputError if it is not a number."""
        text = self.path[name]
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise InputError(Message("There is no such page."))
        return int(text)


Role = Literal["coordinator", "deputy", "viewer", "auditor"]
ROLES: tuple[Role, ...] = ("coordinator", "deputy", "viewer", "auditor")

CHANGING: frozenset[Role] = frozenset({"coordinator", "deputy"})  # the roles that plan
READING: frozenset[Role] = CHANGING | {"auditor"}  # the roles that see the whole year; an auditor changes nothing
ALL: frozenset[Role] = READING | {"viewer"}  # all roles; a viewer sees no future dates
ANYBODY: frozenset[Role] = frozenset()
"""Also visitors without a session. Only signing in is open to them."""


@dataclass(frozen=True, slots=True)
class Page(ServedPage):
    roles: frozenset[Role]
    handler: Callable[[Visit], Answer]

    @property
    def feature(self) -> Feature | None:
        """The feature that it belongs to; None: it is there whatever the year uses."""
        return feature_of(self.path, "console")

    @property
    def needs_session(self) -> bool:
        return self.roles is not ANYBODY

    def is_open_to(self, role: str | None) -> bool:
        return self.roles is ANYBODY or role in self.roles


def press(to: str, act: Callable[..., object], *fields: str, closes: bool = False) -> Callable[[Visit], Answer]:
    """A handler that calls `act` with the texts of the fields, then shows the page `to`.

    `closes`: something that is open at the portal.
    """

    def answer(visit: Visit) -> Answer:
        act(visit.store, *(visit.form.text(field) for field in fields), visit.person, visit.now)
        if closes:
            visit.close_outside()
        return SeeOther(to)

    return answer
