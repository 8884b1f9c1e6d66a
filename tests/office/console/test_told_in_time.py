"""Whatever happens in whatever order: all that starts soon and is untold is to be said, and no message is of the past.

Random years against a model that knows nothing of revisions: what each party was shown of each operation since it was
told, on which day.
"""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from arshjul.office.mail.mailing import take_back, tick
from arshjul.office.publishing.publish import Telling
from arshjul.office.publishing.revision_messages import RevisionMessages
from arshjul.office.publishing.served_revision import served_revision
from arshjul.office.store import revisions
from arshjul.office.store.outbox import Owed
from arshjul.office.store.revisions import NewRevision
from arshjul.office.store.store import Store, make_store
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Settings
from arshjul.year.formats.plan.plan_folder import plan_bytes, scenario_bytes
from arshjul.year.formats.scenario.scenario_json import without_sites
from tests import owed, years

PLAIN = years.scenario(3, 2, 1)
YEAR = replace(
    PLAIN,
    agencies={**PLAIN.agencies, "a0": replace(PLAIN.agencies["a0"], email="a0@example.se")},
    settings=Settings(),
)
PARTIES = ("a0", "a1", "p0")
BEGIN = datetime(2027, 1, 29, 8, tzinfo=YEAR.zone)
SOON = timedelta(hours=48)
DAYS = [date(2027, 2, 1) + timedelta(days=n) for n in range(16) if n % 7 < 5]
MONTHS = {"januari": 1, "februari": 2, "mars": 3}
NAMED = re.compile(r"(\d+) (\w+) (2027)")
ABOUT = re.compile(r"^OP-\d{3}")

Place = date | None


@dataclass
class Known:
    """The places of an operation that a party was shown since it was told, the told one first; and when each came."""

    places: list[Place]
    since: list[date]
    is_first: bool = False
    """True if it was told nothing yet, of no operation."""

    def show(self, place: Place, day: date) -> None:
        if self.places[-1] != place:
            self.places.append(place)
            self.since.append(day)

    def tell(self) -> None:
        self.places, self.since, self.is_first = self.places[-1:], self.since[-1:], False

    def is_over(self, now: datetime) -> bool:
        """True if it was held as it was shown from the first."""
        return self.is_first and len(self.places) == 2 and (self.places[1] or now.date()) < now.date()

    def is_soon(self, now: datetime) -> bool:
        """True if it is untold, and starts within two days by anything that was shown."""
        if len(self.places) == 1:
            return False
        days = (day for day in self.places if day is not None and day >= self.since[1])
        starts = (datetime(day.year, day.month, day.day, 9, tzinfo=YEAR.zone) for day in days)
        return any(start <= now + SOON and start.date() >= now.date() for start in starts)


@dataclass
class Model:
    """What a party knows by anything, what it knows by the telephone, and what is to be said to it at once."""

    told: dict[str, Known]
    called: dict[str, Known]
    ring: set[str] = field(default_factory=set)

    def look(self, now: datetime) -> None:
        self.ring |= {id for id, known in self.called.items() if known.is_soon(now)}
        self.ring -= {id for id, known in self.called.items() if known.is_over(now)}


class Year:
    """A year that is lived through, and its model."""

    def __init__(self, store: Store, seed: int, *, is_told: bool) -> None:
        self.store, self.now, self.random = store, BEGIN, random.Random(seed)
        self.places: dict[str, Place] = dict(zip(YEAR.operations, DAYS[1::2], strict=False))
        self.history: dict[str, list[Place]] = {id: [place] for id, place in self.places.items()}
        self.plan: Plan | None = None
        self.models: dict[str, Model] = {}
        self.publish(RevisionMessages.leave if is_told else lambda made: made.tell(mail=True))
        for party in PARTIES:
            self.models[party] = Model(self._known(is_told), self._known(is_told))

    def _known(self, is_told: bool) -> dict[str, Known]:
        day, before = self.now.date(), [] if is_told else [None]
        return {id: Known([*before, at], [day, *(day for _ in before)], not is_told) for id, at in self.places.items()}

    def publish(self, telling: Telling) -> None:
        """Publishes the operations where they are now."""
        there = {id: one for id, one in YEAR.operations.items() if self.places[id] is not None}
        year = replace(YEAR, operations=there)
        dates = {id: at for id, at in self.places.items() if at is not None}
        made = years.plan(year, dates, self.now.replace(tzinfo=None), self.plan)
        with self.store.writing() as db:
            before = served_revision(db)
            revisions.add(db, _revision(year, made, self.now), None if before is None else before.revision.hash)
            telling(RevisionMessages(db, year, made, before, "test", self.now, self.now))
        self.plan = made

    def change(self) -> None:
        """Operations that have not begun move, are called off, or come back."""
        ahead = [day for day in DAYS if day > self.now.date()]
        for id, place in self.places.items():
            has_begun = place is not None and place <= self.now.date() and self.now.hour >= 9
            if ahead and not has_begun and (place is None or place >= self.now.date()) and self.random.random() < 0.5:
                self.places[id] = self.random.choice([*ahead, None]) if len(self._there()) > 1 else ahead[0]
        by_command = self.random.random() < 0.3
        mail = self.random.random() < 0.7
        self.publish(RevisionMessages.leave if by_command else lambda made: made.tell(mail=mail))
        for id, place in self.places.items():
            if self.history[id][-1] != place:
                self.history[id].append(place)
        for party, model in self.models.items():
            for id, place in self.places.items():
                model.told[id].show(place, self.now.date())
                model.called[id].show(place, self.now.date())
            model.look(self.now)
            if by_command and all(wait.about for wait in self.waits(party)):
                self._tell(model, but=model.ring)

    def _there(self) -> list[str]:
        return [id for id, place in self.places.items() if place is not None]

    @staticmethod
    def _tell(model: Model, but: Iterable[str] = ()) -> None:
        """All is told, but on the telephone these are not."""
        for id in model.told:
            model.told[id].tell()
            if id not in but:
                model.called[id].tell()

    def post(self) -> None:
        """All that is to be mailed goes."""
        for one in [wait for wait in owed.waits(self.store, self.now) if wait.is_mailed]:
            owed.noted(self.store, one, "mail", self.now)
            self._tell(self.models[one.party], but=self.models[one.party].ring)

    def tick(self) -> None:
        """Somebody is called."""
        calls = [wait for wait in owed.waits(self.store, self.now) if wait.is_called]
        for one in self.random.sample(calls, min(len(calls), 1)):
            tick(self.store, [one.number], "Eva", self.now)
            model = self.models[one.party]
            if one.about:
                model.ring -= {*one.about}
                for id in one.about:
                    model.called[id].tell()
            else:
                model.ring.clear()
                self._tell(model)

    def slip(self) -> None:
        """Something is ticked that was told nobody, and that is taken back."""
        waits = owed.waits(self.store, self.now)
        numbers = [one.number for one in self.random.sample(waits, min(len(waits), 2))]
        tick(self.store, numbers, "Eva", self.now)
        if numbers:
            take_back(self.store, numbers, "Eva", self.now)

    def pass_time(self) -> None:
        self.now += timedelta(hours=self.random.choice([1, 5, 24, 30, 60]))

    def waits(self, party: str) -> list[Owed]:
        return [wait for wait in owed.waits(self.store, self.now) if wait.party == party]

    def step(self) -> str:
        did = self.random.choice(
            [self.change, self.change, self.pass_time, self.pass_time, self.post, self.tick, self.slip]
        )
        did()
        for model in self.models.values():
            model.look(self.now)
        return did.__name__

    def wrong(self) -> Iterator[str]:
        """All that is not as it should be now."""
        for party, model in self.models.items():
            waits = self.waits(party)
            said = {id for wait in waits for id in _operations(wait.mail.body.splitlines()[: wait.soon + wait.passed])}
            if said != model.ring:
                yield f"{party}: to be said at once {sorted(model.ring)}, stands there {sorted(said)}"
            for line in (line for wait in waits for line in wait.mail.body.splitlines()):
                (id,) = _operations([line]) or ("",)
                if not id:
                    if not set(_dates(line)) <= {*self.places.values()}:
                        yield f"{party}: {line!r} names a day on which nothing is"
                    continue
                shown = [place for place in self.history[id] if place != self.places[id] and place is not None]
                known = {self.places[id], *shown[-1:]}
                if not set(_dates(line)) <= known:
                    yield f"{party}: {line!r} names a day that is none of {sorted(map(str, known))}"
            if any(not wait.knows for wait in waits):
                continue  # the first message has all of them, but its body the first and the last
            told = {id for wait in waits if not wait.about for id in _operations(wait.mail.body.splitlines())}
            untold = {id for id, known in model.told.items() if len(known.places) > 1 and set(known.places) != {None}}
            if untold - told:
                yield f"{party}: never told of {sorted(untold - told)}, only of {sorted(told)}"


def _revision(year: Scenario, plan: Plan, now: datetime) -> NewRevision:
    whole = scenario_bytes(without_sites(year))
    return NewRevision(
        kind=revisions.PUBLISH, reason="skäl", actor="test", published_at=now, as_of=now, plan_revision=plan.revision,
        scenario=whole, plan=plan_bytes(plan, year, whole, years.WORDS), feeds=(), causes={},
    )  # fmt: skip


def _operations(lines: Iterable[str]) -> list[str]:
    return [match[0] for line in lines if (match := ABOUT.match(line))]


def _dates(line: str) -> list[date]:
    return [date(int(year), MONTHS[month], int(day)) for day, month, year in NAMED.findall(line)]


@pytest.mark.parametrize("is_told", [True, False])
@pytest.mark.parametrize("seed", [*range(3), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 8))])
def test_all_that_starts_soon_is_to_be_said_and_nothing_names_a_day_of_the_past(
    tmp_path: Path, seed: int, is_told: bool
) -> None:
    year = Year(years.with_calendars(make_store(str(tmp_path / "y.db")), YEAR), seed, is_told=is_told)
    done = []
    for _ in range(14):
        done.append(f"{year.step()} {year.now:%d %b %H}")
        assert list(year.wrong()) == [], done
