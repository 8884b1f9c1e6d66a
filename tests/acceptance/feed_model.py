"""What a replan does to every feed, worked out from plan.json and the feed of before: no code of arshjul's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.acceptance.calendars import Event, events
from tests.acceptance.command import load, placements

DAYS = 30
"""How long a feed tells of what happened, and has what was called off."""

FREE = {date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 6), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 6)}
FREE |= {date(2027, 6, 25), date(2027, 12, 24), date(2027, 12, 31), date(2028, 1, 6)}
"""Public holidays from Monday to Friday around 2027, with the eves on which nobody works; from a Swedish calendar."""

Kinds = dict[str, list[str]]


@dataclass(frozen=True)
class Folder:
    """A plan folder, as far as feeds come from it."""

    path: Path
    plan: dict[str, Any]
    scenario: dict[str, Any]
    closed: frozenset[date]

    @classmethod
    def of(cls, path: Path) -> "Folder":
        scenario = load(path / "scenario.json")
        closed = frozenset(FREE | set(_dates(scenario["calendar"].get("closed", []))))
        return cls(path, load(path / "plan.json"), scenario, closed)

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.plan["as_of"][:10])

    def feed(self, name: str) -> dict[str, Event]:
        """The events by what stands before the @."""
        return {uid.split("@")[0]: event for uid, event in events(self.path / "feeds" / f"{name}.ics").items()}

    def mine(self, party: str) -> dict[str, dict[str, Any]]:
        """The placements in which the party has a part."""
        kind, _, id = party.partition("-")
        every = placements(self.plan).items()
        if kind == "agency":
            return {op: at for op, at in every if id in self.taking_part(at)}
        return {op: at for op, at in every if kind == "coordinator" or at["police"] == id}

    def taking_part(self, at: Mapping[str, Any]) -> set[str]:
        operation = self.operations[at["operation"]]
        return {*operation["agencies"], *at["optional_agencies"], operation["lead_agency"]}

    @property
    def operations(self) -> dict[str, Any]:
        return {one["id"]: one for one in self.scenario["operations"]}

    def due(self, at: Mapping[str, Any], milestone: Mapping[str, Any]) -> date:
        """The office day of a milestone."""
        after = milestone.get("days_after")
        day = date.fromisoformat(at["date"]) + timedelta(days=after or -(milestone.get("days_before") or 0))
        return self.office_day(day, -1 if after is None else 1)

    def office_day(self, day: date, step: int) -> date:
        while not self.is_office_day(day):
            day += timedelta(days=step)
        return day

    def is_office_day(self, day: date) -> bool:
        return day.weekday() <= 4 and day not in self.closed

    def is_open(self, day: date) -> bool:
        """Whether operations may be on that date."""
        weekdays = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        return weekdays[day.weekday()] not in self.scenario["calendar"]["closed_weekdays"] and day not in self.closed

    def status(self, day: date) -> str:
        near = self.as_of + timedelta(days=self.scenario["rules"]["freeze_days"])
        return "CONFIRMED" if day < near else "TENTATIVE"


def _dates(spans: list[Any]) -> Iterator[date]:
    for span in spans:
        first, last = (span["from"], span["to"]) if isinstance(span, dict) else (span, span)
        day, end = date.fromisoformat(first), date.fromisoformat(last)
        while day <= end:
            yield day
            day += timedelta(days=1)


def day_of(event: Event) -> date:
    return date.fromisoformat(event.when[0].rpartition(":")[2][:8])


def _since(before: Folder, after: Folder, party: str, uid: str) -> bool:
    """True if what a party was told of an operation that it had left holds no more."""
    id = uid.partition(".")[0]
    if id in before.mine(party) or id in after.mine(party):
        return False
    facts = []
    for folder in (before, after):
        at = placements(folder.plan).get(id)
        unit = (
            at is not None and party.startswith("police") and (at["police"], at["police"] and (at["date"], at["shift"]))
        )
        facts.append((at is not None, unit))
    return facts[0] != facts[1]


@dataclass
class Model:
    """What has been told of late, by feed and event: since when its first line stands there."""

    news: dict[tuple[str, str], date] = field(default_factory=dict)

    def changes(self, before: Folder, after: Folder, party: str, *, milestones: bool) -> Kinds:
        """The events of one feed that a replan moves, calls off, adds or words anew."""
        name = f"{party}-milestones" if milestones else party
        told, found = before.feed(name), Kinds(moved=[], cancelled=[], new=[], edited=[], revived=[])
        wanted = dict(self._milestones(before, after, party, told) if milestones else self._rest(before, after, party))
        if not wanted:
            wanted["note"] = Now()
        if milestones:  # those ahead go without a trace
            for uid in told.keys() - wanted.keys():
                del told[uid]
                self.news.pop((name, uid), None)
        for uid in {**told, **wanted}:
            kind = self._kind(after, (name, uid), told.get(uid), wanted.get(uid), named=not milestones)
            is_off = uid not in wanted and told[uid]["STATUS"] == "CANCELLED"
            if is_off and (after.as_of - day_of(told[uid])).days <= DAYS and _since(before, after, party, uid):
                kind = "edited"
            if kind is not None:
                found[kind].append(uid)
        return found

    def _kind(
        self, after: Folder, key: tuple[str, str], was: Event | None, now: "Now | None", *, named: bool
    ) -> str | None:
        if was is None:
            return self._tells("new", after, key, tells=named and key[1] != "note")
        is_on = was["STATUS"] != "CANCELLED"
        if now is None:
            if (after.as_of - day_of(was)).days > DAYS:
                return None
            self.news.pop(key, None)  # what is called off says why for as long as it is shown
            return "cancelled" if is_on else None
        if not is_on:
            self.news.pop(key, None)
            return self._tells("revived", after, key, tells=named)
        since = self.news.get(key)
        is_over = since is not None and (after.as_of - since).days > DAYS
        if is_over:
            del self.news[key]
        if now.moved or now.news:
            return self._tells("moved" if now.moved else "edited", after, key)
        return "edited" if now.edited or is_over or was["STATUS"] != after.status(day_of(was)) else None

    def _tells(self, kind: str, after: Folder, key: tuple[str, str], *, tells: bool = True) -> str:
        """The kind of an event that says, if it is one that does, from now on what has become of it."""
        if tells:
            self.news[key] = after.as_of
        return kind

    def _rest(self, before: Folder, after: Folder, party: str) -> Iterator[tuple[str, "Now"]]:
        """Operations and meetings."""
        was = before.mine(party)
        for id, at in after.mine(party).items():
            old = was.get(id, at)
            moved = (old["date"], old["shift"]) != (at["date"], at["shift"])
            other_unit = party == "coordinator" and old["police"] != at["police"]
            others = before.taking_part(old) != after.taking_part(at)
            lead = f"agency-{after.operations[id]['lead_agency']}"
            counts = party.startswith("police") or party in ("coordinator", lead)
            others = others or (counts and old.get("officers") != at.get("officers"))
            passed = before.as_of <= date.fromisoformat(at["date"]) < after.as_of
            yield id, Now(moved, other_unit or others or passed, other_unit or others)
        for name in before.feed(party):
            if name.startswith("meeting."):
                yield name, Now()

    def _milestones(
        self, before: Folder, after: Folder, party: str, told: Mapping[str, Event]
    ) -> Iterator[tuple[str, "Now"]]:
        was, now = before.mine(party), after.mine(party)
        # Of an operation that the party has left, too: what was held while it had a part stays.
        for id in {**before.operations, **after.operations}:
            for milestone in after.scenario["cycle"]["milestones"]:
                name = f"{id}.{milestone['id']}"
                event = told.get(name)
                if event is not None and event["STATUS"] != "CANCELLED" and day_of(event) < after.as_of:
                    yield name, Now()
                elif id in now:
                    due = after.due(now[id], milestone)
                    is_late = due < after.as_of and date.fromisoformat(now[id]["date"]) >= after.as_of
                    due = after.office_day(after.as_of, 1) if is_late else due
                    old = was.get(id, now[id])
                    other = (old["date"], old["shift"]) != (now[id]["date"], now[id]["shift"])
                    yield name, Now(event is not None and due != day_of(event), other)


@dataclass(frozen=True)
class Now:
    """What became of an event that is still on. `news`: its first line says so, though it has not moved."""

    moved: bool = False
    edited: bool = False
    news: bool = False
