"""A town of three parties for a state machine, and all that is pressed in it: pages, commands and a mail server."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_string
from functools import partial
from html import unescape
from pathlib import Path
from shutil import copy

import pytest

from arshjul.errors import ArshjulError
from arshjul.office.database import backup as backups
from arshjul.office.database.restore import restore
from arshjul.office.draft import options
from arshjul.office.draft.answers import answer_for, questions
from arshjul.office.draft.compare_scenario import take_over
from arshjul.office.draft.draft import Draft
from arshjul.office.draft.edit_operation import edit_operations
from arshjul.office.draft.enter import enter
from arshjul.office.draft.options import choose, propose
from arshjul.office.draft.publish_draft import (
    FEWEST_CHANGES,
    difference,
    last_publishing,
    plan_folder,
    publish_draft,
    publish_undo,
    undo,
)
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.draft.study import JobAsked, begin, work_out
from arshjul.office.draft.take_back import start_over, take_back
from arshjul.office.mail.post import post
from arshjul.office.publishing.publish import Cause, Telling, publish
from arshjul.office.publishing.revision_messages import RevisionMessages
from arshjul.office.publishing.served_revision import FeedRenderer, published_year, whole_scenario
from arshjul.office.store import drafts, readers
from arshjul.office.store.revisions import FeedKey
from arshjul.office.store.store import make_store, open_store
from arshjul.year.agenda.party import Party
from arshjul.year.domain.entries.answer import Reply
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Settings, Sharing
from arshjul.year.formats.plan.entries import entries_of
from arshjul.year.formats.tree import FormDocument
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.replan.input import replan_input
from arshjul.year.planning.replan.replan import replan_from
from tests import years
from tests.kills import watched
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import PHONE, Desk
from tests.office.console.forms import forms
from tests.office.console.mail_stand_in import StandIn, Step, Taken
from tests.office.console.told_model import ABOUT, ASKS, BRIEF, NO_CHANGE, Place, Places, Said, said_in, said_in_mail

NOW = datetime(2027, 1, 29, 5, tzinfo=UTC)
"""OP-000 is on Monday 1 February, OP-001 on the 3rd, OP-002 on the 5th."""

NAMES = {"a0": "Myndighet 0", "a1": "Myndighet 1", "p0": "LPO 0"}
MAILBOXES: Mapping[str, str] = {"a0": "a0@example.se", "a1": "", "p0": "p0@example.se"}
CALENDARS = ("a1", "p0")
LEFT, CAME = {"a0": 1}, {"a0": 1, "a1": 1}
EFFORT = Effort(60)


def town() -> Scenario:
    """One agency is mailed, one is called and has a calendar; the unit is mailed, and has one too."""
    plain = years.scenario(3, 2, 1)
    wanted = {"OP-000": CAME, "OP-001": LEFT, "OP-002": CAME}
    operations = {id: replace(one, agencies=wanted[id], lead_agency="a0") for id, one in plain.operations.items()}
    year = replace(
        plain,
        operations=operations,
        share=Sharing(participants=False),
        settings=Settings.of(freeze_days=1, notice_days=1),
    )
    return reached(year, MAILBOXES)


def reached(year: Scenario, mailboxes: Mapping[str, str]) -> Scenario:
    agencies = {id: replace(one, email=mailboxes[id] or None, phone=PHONE) for id, one in year.agencies.items()}
    police = {id: replace(one, email=mailboxes[id] or None, phone=PHONE) for id, one in year.police.items()}
    return replace(year, agencies=agencies, police=police)


def published_town(folder: Path) -> Path:
    """A database with the town's first plan, of which everybody was told.

    Beside it lie one of which everybody is still to be told, by mail where that can be, and an empty one.
    """
    year = town()
    read = years.write(folder / "plan", year, years.plan(year))
    make_store(str(folder / "empty.db"), wal=False).engine.dispose()
    tellings: Mapping[str, Telling] = {"town": RevisionMessages.leave, "untold": lambda one: one.tell(mail=True)}
    for name, telling in tellings.items():
        store = make_store(str(folder / f"{name}.db"), wal=False)
        with store.writing() as db:
            for party in (Party("agency", "a1"), Party("police", "p0")):
                readers.add_subscriber(db, FeedKey(str(party), "full", "operations"), "", "", years.NOW)
        publish(store, read, Cause("skäl", "test", years.NOW), None, telling)
        store.engine.dispose()
    return folder / "town.db"


def lightly(patch: pytest.MonkeyPatch) -> None:
    """Leaves out what takes time, and what nobody looks at here: calendars' bytes, and two of the three options."""
    patch.setattr(FeedRenderer, "feeds", lambda *_: ())
    patch.setattr(options, "replan_from", partial(replan_from, options=(FEWEST_CHANGES,)))


class Killed(BaseException):
    """A process ends here: nothing catches it."""


@dataclass(frozen=True)
class Shown:
    """A message on the page, to be mailed or said. `is_all`: all that the party has, in short.

    `soon` stands under `Inom två dygn`; `fault` is why it was not sent.
    """

    party: str
    is_mail: bool
    address: str
    said: tuple[Said, ...]
    is_all: bool
    fields: Mapping[str, list[str]]
    asks: tuple[str, ...] = ()
    soon: frozenset[str] = frozenset()
    fault: str = ""

    def is_about(self, id: str) -> bool:
        return self.is_all or any(said.operation == id for said in self.said)


@dataclass(frozen=True)
class Mail:
    """A mail that a server took, as its reader has it."""

    to: str
    id: str
    said: tuple[Said, ...]
    is_first: bool
    asks: tuple[str, ...] = ()

    @classmethod
    def of(cls, taken: Taken) -> "Mail":
        text = _text(taken)
        said = tuple(said_in_mail(text))
        return cls(taken.to, taken.id, said, any(one.is_first for one in said), tuple(ASKS.findall(text)))


def _text(taken: Taken) -> str:
    for part in message_from_string(taken.raw).walk():
        if part.get_content_type() == "text/plain":
            body = part.get_payload(decode=True)
            assert isinstance(body, bytes)
            return body.decode()
    raise AssertionError(taken.raw)


@dataclass
class ToldDesk:
    """The town's database, its clock, the mail server, and everything that somebody may press."""

    folder: Path
    mail: StandIn
    now: datetime = NOW
    n: int = 0
    taken: int = 0
    _browser: Browser | None = None
    desk: Desk = field(init=False)

    @classmethod
    def of(cls, like: Path, folder: Path, mail: StandIn) -> "ToldDesk":
        made = cls(folder, mail, taken=len(mail.mails))
        copy(like.with_name("empty.db"), folder / "empty.db")
        made.begin(like)
        return made

    def begin(self, like: Path) -> None:
        """Opens a copy of that database, in place of another."""
        self.n += 1
        copy(like, self.folder / f"{self.n}.db")
        self.open(f"{self.n}.db")

    def open(self, name: str) -> None:
        """Opens that database."""
        if hasattr(self, "desk"):
            self.close()
        self.file = self.folder / name
        self.desk = Desk(open_store(str(self.file)), self.now, str(self.file))
        self._browser = None

    def close(self) -> None:
        self.desk.store.engine.dispose()

    def wait(self, hours: float) -> None:
        """Time passes, or a clock is set back."""
        self.now += timedelta(hours=hours)
        self.desk.now = self.now
        if abs(hours) > 1:
            self._browser = None

    # What is seen.

    @property
    def browser(self) -> Browser:
        if self._browser is None:
            self._browser = self.desk.browser()
        return self._browser

    def standing(self) -> Mapping[str, Places]:
        """Where each party has each operation by what is published."""
        with self.desk.store.reading() as db:
            year = published_year(db)
        placed, known = year.plan.placed, year.scenario.operations
        ids = tuple(town().operations)

        def place(party: str, id: str) -> Place:
            is_there = id in placed and (party == placed[id].police or party in known[id].agencies)
            return placed[id].slot.day if is_there else None

        return {party: {id: place(party, id) for id in ids} for party in NAMES}

    def mailboxes(self) -> dict[str, str]:
        """How the parties are mailed, in the year as it should be."""
        with self.desk.store.reading() as db:
            there = opened_draft(db).present.parties
        return {id: there[id].email or "" if id in there else "" for id in NAMES}

    def outbox(self) -> list[Shown]:
        """What the page of messages shows."""
        page = self._page("/outbox")
        return [_shown(one) for one in re.split(r'<section class="letter"', page)[1:]]

    def ring(self) -> dict[str, list[str]]:
        """What stands under `Ring nu` on the first page: the operations of each party."""
        section = re.search(r'<section class="calling" aria-labelledby="urgent">(.*?)</section>', self._page("/"), re.S)
        parts = re.split(r"<h3[^>]*>", section[1])[1:] if section else []
        return {
            _party(part.partition("</h3>")[0]): [said[0] for said in map(ABOUT.findall, _lines(part)) if said]
            for part in parts
        }

    def log(self) -> str:
        return self.browser.get("/log").text

    def _page(self, path: str) -> str:
        page = self.browser.get(path)
        assert page.status == 200, page.text
        return page.body.decode()

    def arrived(self) -> list[Mail]:
        """The mails that the server took since this was asked last."""
        new = self.mail.mails[self.taken :]
        self.taken = len(self.mail.mails)
        return [Mail.of(taken) for taken in new]

    # What is pressed.

    def publish(self, name: str, item: Mapping[str, object], *, mail: bool) -> bool:
        """Enters that, and publishes the plan that answers it; False if there is none, and then nothing has changed."""
        way = self._drafted if self._is_drafted() else self._replanned
        return self._tried(lambda: way(name, item, mail=mail))

    def _tried(self, work: Callable[[], None]) -> bool:
        """Does it; False if that is refused, and then nothing of it waits."""
        try:
            work()
        except ArshjulError:
            self.start_over()
            return False
        return True

    def _replanned(self, name: str, item: Mapping[str, object], *, mail: bool) -> None:
        """As at a terminal, where no draft is begun: at a quarter of the time."""
        with self.desk.store.reading() as db:
            served = published_year(db)
            scenario = whole_scenario(db, served)
        moment = max(self.now.astimezone(scenario.zone).replace(second=0, microsecond=0), served.plan.as_of)
        begun = replan_input(scenario, served.plan, entries_of([FormDocument.of({name: [item]})], scenario), moment)
        made = replan_from(begun, served.plan, EFFORT, (FEWEST_CHANGES,))
        folder = plan_folder(made.scenario, made.options[FEWEST_CHANGES])
        publish(self.desk.store, folder, self._cause(), served.revision.hash, lambda one: one.tell(mail=mail))

    def _drafted(self, name: str, item: Mapping[str, object], *, mail: bool) -> None:
        """As at the console, with all else that the draft has."""
        enter(self.desk.store, [(name, item)], "Eva", self.now, self._draft().stamp)
        self._answered(mail=mail)

    def _answered(self, *, mail: bool) -> None:
        """The plan that answers all that waits, chosen and published."""
        choose(self.desk.store, self._option(), FEWEST_CHANGES, "Eva", self.now, self._draft().stamp)
        digest = difference(self._draft(), years.WORDS).digest
        publish_draft(self.desk.store, digest, self._cause(), mail=mail, is_sure=True)

    def _option(self) -> int:
        """The job that worked it out."""
        number, _ = begin(self.desk.store, JobAsked("Eva", self.now, self._draft().stamp))
        work_out(self.desk.store, number, lambda _: None)
        return number

    def _is_drafted(self) -> bool:
        with self.desk.store.reading() as db:
            return drafts.DRAFTS.first(db) is not None

    def _draft(self) -> Draft:
        with self.desk.store.reading() as db:
            return opened_draft(db)

    def _cause(self) -> Cause:
        return Cause("skäl", "Eva", self.now)

    def take_part(self, id: str, *, is_in: bool, mail: bool) -> bool:
        """The agency that is called takes part in it, or does not."""

        def edited() -> None:
            values = {"agencies": CAME if is_in else LEFT}
            edit_operations(self.desk.store, [id], values, "Eva", self.now, self._draft().stamp)
            self._answered(mail=mail)

        return self._tried(edited)

    def leave(self, party: str, *, mail: bool) -> bool:
        """The agency is none of the year's any more."""
        draft = self._draft()
        there = draft.present
        operations = {
            id: replace(one, agencies={other: n for other, n in one.agencies.items() if other != party})
            for id, one in there.operations.items()
        }
        agencies = {id: one for id, one in there.agencies.items() if id != party}
        given = replace(there, operations=operations, agencies=agencies)

        def left() -> None:
            take_over(self.desk.store, given, "Eva", self.now, draft.stamp)
            self._answered(mail=mail)

        return self._tried(left)

    def undo(self, *, mail: bool) -> bool:
        """The last publishing is taken back; False if it cannot be."""

        def undone() -> None:
            last = last_publishing(self.desk.store)
            if last is not None and self._is_drafted():
                undo(self.desk.store, last.number, "Eva", self.now, self._draft().stamp, again=False)
                self._answered(mail=mail)
            else:
                publish_undo(self.desk.store, None, self._cause(), EFFORT, again=False, mail=mail)

        return self._tried(undone)

    def ask(self, id: str, day: date) -> bool:
        """All parties are asked whether the operation can be on that date; False if that is refused."""
        try:
            item = {"operation": id, "date": day.isoformat(), "shift": "day"}
            enter(self.desk.store, [("pinned", item)], "Eva", self.now, self._draft().stamp)
            propose(self.desk.store, self._option(), FEWEST_CHANGES, "Eva", self.now, self._draft().stamp)
        except ArshjulError:
            return False
        return True

    def answer(self, party: str, answer: Reply) -> None:
        """The party's answer to each question, as somebody heard it."""
        names = [one.name for one in questions(self._draft()) if one.party == party]
        if names:
            answer_for(self.desk.store, party, dict.fromkeys(names, answer), "Eva", self.now)

    def correct(self, party: str, mailbox: str) -> None:
        """How a party is reached, in the year as it should be: it counts at once."""
        draft = self._draft()
        given = reached(draft.present, {**self.mailboxes(), party: mailbox})
        take_over(self.desk.store, given, "Eva", self.now, draft.stamp)

    def start_over(self) -> None:
        """What waits is taken back: nothing of it is published."""
        with suppress(ArshjulError):
            start_over(self.desk.store, "Eva", self.now, self._draft().stamp, keep_edit=True)
        for entry in self._draft().waiting:
            with suppress(ArshjulError):
                take_back(self.desk.store, entry.number, "Eva", self.now, self._draft().stamp)

    def tick(self, shown: Shown) -> Page:
        return self.browser.post("/outbox", shown.fields)

    def ticks(self) -> list[tuple[str, Mapping[str, list[str]]]]:
        """What was ticked, as the page tells it, the last first; and what takes it back."""
        items = re.findall(r"<li><span>(.*?)</span>(.*?)</li>", self._page("/outbox"), re.S)
        return [
            (unescape(text), form.fields)
            for text, rest in items
            for form in forms(rest)
            if form.action == "/outbox/back"
        ]

    def untick(self, fields: Mapping[str, list[str]]) -> Page:
        return self.browser.post("/outbox/back", fields)

    # Commands.

    def send(self, **steps: Step) -> str:
        """`post`, while the mail server answers so; what it raises, by name."""
        self.mail.steps.clear()
        self.mail.steps.update(steps)
        try:
            post(self.desk.store, self.mail.server, "timer", lambda: self.now)
        except ArshjulError as error:
            return type(error).__name__
        finally:
            self.mail.steps.clear()
        return ""

    def back_up(self) -> Path:
        self.n += 1
        file = self.folder / f"copy-{self.n}.db"
        backups.backup(self.desk.store, file, self.now)
        return file

    def restore(self, file: Path, *, is_lost: bool) -> None:
        """Over the database as it is; or into a new one, where that is lost."""
        self.close()
        self.n += 1
        into = self.folder / f"new-{self.n}.db" if is_lost else self.file
        if is_lost:
            copy(self.folder / "empty.db", into)
        restore(file, str(into), "Eva", self.now, replace=True)
        self.open(into.name)


def killed(work: Callable[[], object], step: int) -> bool:
    """Does it until so many steps of what it reads and writes are done, and ends there; False if it was over before."""
    left = iter(range(step))

    def at(_: str) -> None:
        if next(left, None) is None:
            raise Killed

    try:
        with watched(at):
            work()
    except Killed:
        return True
    return False


def _party(name: str) -> str:
    return next(id for id, one in NAMES.items() if name.strip() in (id, one))


def _lines(html: str) -> Iterator[str]:
    yield from (unescape(re.sub(r"<[^>]+>", "", one)) for one in re.findall(r"<li>(.*?)</li>", html, re.S))


def _shown(html: str) -> Shown:
    letter = html.partition("</section>")[0]
    whole = re.search(r'<p class="mail">(.*?)</p>', letter, re.S)
    fault = re.search(r'<p class="out">(.*?)</p>', letter, re.S)
    soon = re.search(r"<p>Inom två dygn:</p>\s*<ul>(.*?)</ul>", letter, re.S)
    heading = unescape(re.search(r"<h[23][^>]*>(.*?)</h", letter)[1])  # type: ignore[index]
    (form,) = (one for one in forms(letter) if one.action == "/outbox")
    lines = [*_lines(letter.partition("<details>")[0])]
    address = heading.rpartition(", ")[2] if whole else ""
    told = [line for line in lines if ABOUT.search(line) and not BRIEF.match(line) and not NO_CHANGE.search(line)]
    return Shown(
        party=address.partition("@")[0].partition("-")[0] if whole else _party(heading),
        is_mail=bool(whole),
        address=address,
        said=tuple(said_in_mail(unescape(whole[1])) if whole else map(said_in, told)),
        is_all=not whole and any(BRIEF.match(line) for line in lines),
        fields=form.fields,
        asks=tuple(ASKS.findall(unescape(whole[1]))) if whole else (),
        soon=frozenset(ABOUT.findall(soon[1])) if soon else frozenset(),
        fault=unescape(fault[1]) if fault else "",
    )
