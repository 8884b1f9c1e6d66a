"""Who is told what, drawn at random: nobody twice, nobody forgotten, nothing that no longer stands.

Each rule presses what a page or a terminal offers, or lets a mail server or a process die; the model says what each
party heard. It is judged by what pages show and letters say, never by how they are kept.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, currently_in_test_context, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from arshjul.year.domain.entries.answer import Reply
from tests.office.console.mail_stand_in import StandIn, Step
from tests.office.console.told_desk import (
    CALENDARS,
    MAILBOXES,
    NAMES,
    Mail,
    Shown,
    ToldDesk,
    killed,
    lightly,
    published_town,
)
from tests.office.console.told_model import Heard, Said, Told
from tests.office.console.told_openings import OPENINGS

pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # a long counterexample

T = TypeVar("T")

OPERATIONS = ("OP-000", "OP-001", "OP-002")
DAYS = st.sampled_from([0, 1, 2, 5, 10, 31])
"""A date, in days from today; the third is a Sunday at first, on which nothing can be."""


def answering(said: bytes) -> Step:
    return lambda _: said


class Telling(RuleBasedStateMachine):
    """A desk over a town, its mail server, and the model of who heard what."""

    town: ClassVar[Path]
    mail: ClassVar[StandIn]

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self.desk = ToldDesk.of(self.town, Path(self._folder.name), self.mail)
        self.model = Told(self.desk.standing(), calendars=set(CALENDARS))
        for party, places in self.model.standing.items():
            self.model.hear(party, places, "known")
        self.mailboxes = dict(MAILBOXES)
        self.backup: tuple[Path, Told, dict[str, str]] | None = None
        self.closed: set[str] = set()
        self.unseen: set[str] = set()
        self.is_restored = False
        self.to_ask: set[str] | None = set()
        self.ticked: list[Heard] = []
        self.ids: dict[str, list[tuple[Said, ...]]] = {}
        self.is_confirmed: set[str] = set()
        self.doubted: dict[tuple[str, tuple[Said, ...], tuple[str, ...]], str] = {}
        self.shown: list[Shown] = []
        self.old: list[Shown] = []
        self.looked_at: datetime | None = None
        self.rung: set[tuple[str, str]] = set()

    def teardown(self) -> None:
        self.desk.close()
        self._folder.cleanup()

    @initialize(opening=st.sampled_from([None, *OPENINGS]))
    def begins(self, opening: str | None) -> None:
        for n, step in enumerate(OPENINGS[opening] if opening else (), 1):
            try:
                step(self)
                self.judge_all()
            except AssertionError as error:
                error.add_note(f"at step {n} of {opening!r}: {step}")
                raise

    def is_new_here(self) -> None:
        """Nobody has been told of the first plan yet; some have read it."""
        self.press()
        self.desk.begin(self.town.with_name("untold.db"))
        self.model = Told(self.desk.standing(), calendars=set(CALENDARS))
        for party in CALENDARS:
            self.model.hear(party, self.model.standing[party], "calendar")

    def look(self) -> None:
        """Once after each step."""
        if self.looked_at == self.desk.now:
            return
        self.looked_at = self.desk.now
        self.model.look(self.desk.now)
        shown = self.desk.outbox()
        if [one.said for one in shown] != [one.said for one in self.shown]:
            self.old = self.shown
        self.shown = shown

    def press(self) -> None:
        """Ten minutes pass."""
        self.desk.wait(1 / 6)
        self.model.look(self.desk.now)

    def day(self, days: int) -> date:
        return (self.desk.now + timedelta(days=days)).date()

    # What is planned and published.

    def was_published(self) -> None:
        standing = self.desk.standing()
        self.to_ask, self.closed, self.is_restored = set(), set(), False
        if standing != self.model.standing:
            self.doubted.clear()
            self.model.publish(standing, self.desk.now)
            self.model.look(self.desk.now)
            self.unseen &= {party for party, _ in self.model.owed(self.desk.now)}

    def pin(self, id: str, days: int, *, mail: bool = True) -> bool:
        item = {"operation": id, "date": self.day(days).isoformat(), "shift": "day"}
        return self.desk.publish("pinned", item, mail=mail)

    @rule(id=st.sampled_from(OPERATIONS), days=DAYS, mail=st.booleans())
    def moves(self, id: str, days: int, mail: bool = True) -> None:
        self.press()
        before = self.model.standing
        self.pin(id, days, mail=mail)
        self.was_published()
        if not mail and self.model.standing != before:
            self.look()
            mailed = [shown.address for shown in self.shown if shown.is_mail and shown.is_about(id)]
            assert not mailed, f"it was to be told on the telephone alone: {mailed}"

    @rule(id=st.sampled_from(OPERATIONS), mail=st.booleans())
    def calls_off(self, id: str, mail: bool = True) -> None:
        self.press()
        self.desk.publish("cancelled", {"operation": id}, mail=mail)
        self.was_published()

    @rule(days=DAYS, n=st.sampled_from([1, 6]), mail=st.booleans())
    def withdraws(self, days: int, n: int, mail: bool = True) -> None:
        self.press()
        self.desk.n += 1
        first, last = self.day(days).isoformat(), self.day(days + n - 1).isoformat()
        item = {
            "id": f"W{self.desk.n}",
            "police": ["p0"],
            "from": first,
            "to": last,
            "officers_left": 0,
            "cause": "match",
        }
        self.desk.publish("withdrawals", item, mail=mail)
        self.was_published()

    @rule(id=st.sampled_from(["OP-000", "OP-002"]), mail=st.booleans())
    def leaves_or_comes_back(self, id: str, mail: bool = True) -> None:
        self.press()
        self.desk.take_part(id, is_in=self.model.standing["a1"][id] is None, mail=mail)
        self.was_published()

    @rule(mail=st.booleans())
    def leaves_the_year(self, mail: bool = True) -> None:
        self.press()
        self.desk.leave("a1", mail=mail)
        self.was_published()

    @rule(mail=st.booleans())
    def undoes(self, mail: bool = True) -> None:
        self.press()
        self.desk.undo(mail=mail)
        self.was_published()
        self.mailboxes = self.desk.mailboxes()  # corrections that it published are taken back, too

    @rule(id=st.sampled_from(OPERATIONS), days=st.sampled_from([3, 12]))
    def asks_everybody(self, id: str, days: int) -> None:
        self.press()
        day = self.day(days + OPERATIONS.index(id))  # of its own: two of one day may want the same officers
        if day in (places[id] for places in self.model.standing.values()):
            return
        if not self.desk.ask(id, day):
            self.to_ask = None
            return
        self.look()
        self.is_restored = False
        self.to_ask = {shown.party for shown in self.shown if shown.asks}
        wanted = {one for one, places in self.model.standing.items() if places[id] is not None}
        reached = {one for one, mailbox in self.mailboxes.items() if mailbox}
        forgotten = (wanted & reached) - {shown.party for shown in self.shown if id in shown.asks}
        assert not forgotten or self.to_ask == set(), f"nobody asks them: {forgotten}"

    @rule(party=st.sampled_from(sorted(NAMES)), answer=st.sampled_from(["yes", "no"]))
    def answers(self, party: str, answer: Reply) -> None:
        self.press()
        self.desk.answer(party, answer)
        self.to_ask = self.to_ask and self.to_ask - {party}

    @rule(party=st.sampled_from(sorted(NAMES)), has_one=st.booleans())
    def is_reached_elsewhere(self, party: str, has_one: bool = True) -> None:
        self.press()
        mailbox = f"{party}-{self.desk.n}@example.se" if has_one else ""
        self.desk.n += 1
        self.desk.correct(party, mailbox)
        self.mailboxes[party] = mailbox

    @rule(id=st.sampled_from(OPERATIONS), step=st.integers(1, 30))
    def is_killed_while_publishing(self, id: str, step: int) -> None:
        self.press()
        killed(lambda: self.pin(id, 10), step)
        self.was_published()
        self.to_ask = None  # what is proposed ends with the choice, before anything is published

    # What is mailed and said.

    @rule()
    def sends(self) -> None:
        self.press()
        assert self.desk.send() == ""
        self.read()
        self.look()
        left = [shown.address for shown in self.shown if shown.is_mail]
        assert not left, f"it waits on, and nothing is in its way: {left}"

    @rule(step=st.sampled_from(["hello", "RCPT", "DATA"]), answer=st.sampled_from([b"", b"451 later\r\n"]))
    def cannot_send(self, step: str, answer: bytes) -> None:
        self.press()
        tried = {shown.party for shown in self.shown if shown.is_mail}
        self.desk.send(**{step: answering(answer)})
        self.read()
        self.tells_why(tried if step != "hello" else set())

    @rule()
    def is_refused(self) -> None:
        """After the whole text was read."""
        self.press()
        tried = {shown.party for shown in self.shown if shown.is_mail}
        self.desk.send(text=answering(b"554 5.7.1 no\r\n"))
        self.desk.arrived()
        self.tells_why(tried)

    def tells_why(self, tried: set[str]) -> None:
        """Who could not be mailed is to be called, and why is said."""
        self.look()
        told = {shown.party for shown in self.shown if not shown.is_mail and shown.fault}
        assert tried <= told, f"nobody is told that it failed: {tried - told}"

    @rule()
    def dies_after_the_text(self) -> None:
        """The server has it, and nobody knows."""
        self.press()
        self.desk.send(text=answering(b""))
        self.read(in_doubt=True)

    @rule()
    def dies_when_it_is_left(self) -> None:
        self.press()
        self.desk.send(QUIT=answering(b""))
        self.read()

    @rule(step=st.integers(1, 40), at_once=st.booleans())
    def is_killed_while_sending(self, step: int, at_once: bool = False) -> None:
        """`at_once`: another sender is started before it is known that the first one is dead."""
        self.press()
        was_killed = killed(self.desk.send, step)
        going = {mail.id for mail in self.read(in_doubt=was_killed)}
        if was_killed and at_once:
            assert self.desk.send() == ""
            self.read(but=going)
        self.look()
        if was_killed:
            self.forget_doubts()

    def forget_doubts(self) -> None:
        """What a killed sender had noted is in doubt no more: it does not wait."""
        waits = {(shown.party, said.operation) for shown in self.shown for said in shown.said}
        for n, one in enumerate(self.model.heard):
            if one.in_doubt and not any((one.party, id) in waits for id in one.places):
                self.model.heard[n] = replace(one, in_doubt=False)

    def meanwhile(self, act: Callable[[], T]) -> T | None:
        """Sends, and does that in the middle; None if nothing was sent."""
        self.press()
        done: list[T] = []

        def other(_: object) -> None:
            if not done:
                done.append(act())

        self.desk.send(DATA=other)
        return done[0] if done else None

    @rule()
    def two_send(self) -> None:
        assert self.meanwhile(self.desk.send) in (None, "Refused")
        self.read()

    @rule()
    def is_ticked_while_it_is_sent(self) -> None:
        mails = [shown for shown in self.shown if shown.is_mail]
        if mails and not any(shown.fault for shown in self.shown):
            answer = self.meanwhile(lambda: self.desk.tick(mails[0]))
            assert answer is None or answer.status == 409, answer.text
        self.read()

    @rule(id=st.sampled_from(OPERATIONS), days=DAYS)
    def moves_while_it_is_sent(self, id: str, days: int) -> None:
        self.meanwhile(lambda: self.pin(id, days))
        self.read_changed()

    @rule()
    def undoes_while_it_is_sent(self) -> None:
        self.meanwhile(lambda: self.desk.undo(mail=True))
        self.read_changed()
        self.mailboxes = self.desk.mailboxes()

    def read_changed(self) -> None:
        """The first mail was written before what was published meanwhile."""
        for mail in self.desk.arrived():
            self.hear(mail)
            self.was_published()

    def read(self, *, in_doubt: bool = False, but: Collection[str] = ()) -> list[Mail]:
        """What has arrived, judged, and heard. What is there by its id may not come again."""
        mails = self.desk.arrived()
        assert len({mail.to for mail in mails}) == len(mails), f"several mails to one: {mails}"
        for mail in mails:
            assert mail.id not in but, f"it is being sent, and comes again: {mail}"
            self.hear(mail, in_doubt=in_doubt)
        return mails

    def hear(self, mail: Mail, *, in_doubt: bool = False) -> None:
        if currently_in_test_context():
            note(f"mail: {mail}")
        self.judge(mail)
        party = mail.to.partition("@")[0].partition("-")[0]
        self.model.hear(party, {said.operation: said.to for said in mail.said}, "mail", mail.id, in_doubt=in_doubt)
        if in_doubt:
            self.doubted[mail.to, mail.said, mail.asks] = mail.id
        else:
            self.is_confirmed.add(mail.id)
            self.to_ask = self.to_ask and self.to_ask - ({party} if mail.asks else set())
        self.ids.setdefault(mail.id, []).append(mail.said)

    def judge(self, mail: Mail) -> None:
        party = mail.to.partition("@")[0].partition("-")[0]
        assert mail.to == self.mailboxes[party], f"it went to {mail.to}"
        assert not mail.said or mail.to not in self.closed, f"it went to a mailbox that had been corrected: {mail.to}"
        is_unseen = (mail.said and party in self.unseen) or (mail.asks and self.is_restored)
        assert not is_unseen, f"nobody knows whether it had it, and nobody has looked: {mail}"
        assert mail.said or mail.asks, "a mail that says nothing"
        is_new = not mail.asks or self.to_ask is None or party in self.to_ask
        assert is_new, f"it is asked already, or no more: {mail}"
        known = self.ids.get(mail.id, [])
        assert mail.id not in self.is_confirmed, f"it was taken, and comes again: {mail}"
        assert len(known) < 3, "once more is too often"
        assert all(one == mail.said for one in known), f"the same mail says something else: {mail}"
        same = self.doubted.get((mail.to, mail.said, mail.asks), mail.id)
        assert mail.id == same, f"it may be there already, and comes as another mail: {mail}"
        self.is_true(party, mail.said, by_mail=True)
        if not known:
            for said in mail.said:
                assert self.model.may_be_said(party, said.operation, by_mail=True), f"told twice: {party} {said}"

    @precondition(lambda self: self.shown)
    @rule(n=st.integers(0, 5))
    def says(self, n: int) -> None:
        """Somebody calls, or mails by hand, and ticks it."""
        self.press()
        if not self.shown:
            return
        one = self.shown[n % len(self.shown)]
        if one.asks:
            return
        answer = self.desk.tick(one)
        assert answer.status == 303, answer.text
        assert self.ticked or re.search(
            rf"(ringde|meddelade) en part.*?({NAMES[one.party]}|{one.party})", self.desk.log()
        ), "the log does not say so"
        standing = self.model.standing[one.party]
        places = standing if one.is_all else {said.operation: said.to for said in one.said}
        self.ticked.append(self.model.hear(one.party, places, "mail" if one.is_mail else "call"))
        self.unseen.discard(one.party)

    @precondition(lambda self: self.old)
    @rule()
    def ticks_an_old_page(self) -> None:
        """Of before the last change: what is no longer to be said is not noted as said."""
        self.press()
        (one, *_), waits = self.old, [shown.fields["message"] for shown in self.shown]
        if not (one.said or one.is_all) or one.fields["message"] in waits:
            return
        answer = self.desk.tick(one)
        mine = [heard for heard in self.model.heard if heard.party == one.party and heard.how in ("mail", "call")]
        was_told = any(one.is_about(id) for heard in mine for id in heard.places)
        assert answer.status == 409 or was_told, "it is told no more, and was ticked"

    @precondition(lambda self: self.ticked)
    @rule()
    def says_that_it_was_not_said(self) -> None:
        self.press()
        ticks = self.desk.ticks()
        assert ticks, "what was ticked is not on the page"
        assert self.desk.untick(ticks[0][1]).status == 303
        self.model.take_back(self.ticked.pop(), self.desk.now)

    # What happens to the machine.

    @rule(hours=st.sampled_from([5, 24, 72]))
    def time_passes(self, hours: int) -> None:
        self.desk.wait(hours)

    @rule(hours=st.sampled_from([1, 30]))
    def the_clock_is_set_back(self, hours: int) -> None:
        self.desk.wait(-hours)
        self.model.ring = {one for one in self.model.ring if self.model.is_soon(*one, self.desk.now)}

    @rule()
    def backs_up(self) -> None:
        self.press()
        known = Told(self.model.standing, [*self.model.heard])
        self.backup = (self.desk.back_up(), known, dict(self.mailboxes))

    @precondition(lambda self: self.backup is not None)
    @rule(is_lost=st.booleans())
    def restores(self, is_lost: bool) -> None:
        self.press()
        assert self.backup is not None
        file, known, mailboxes = self.backup
        self.desk.restore(file, is_lost=is_lost)
        self.model.put_back(self.desk.standing(), known if is_lost else None)
        self.closed = {*self.mailboxes.values()} ^ {*mailboxes.values()}
        self.mailboxes, self.backup, self.ticked, self.is_restored = dict(mailboxes), None, [], is_lost
        self.unseen = {party for party, _ in known.owed(self.desk.now)} if is_lost else set()
        self.to_ask = None
        if is_lost:
            self.is_confirmed.clear()
            self.doubted.clear()

    # What must hold.

    def is_true(self, party: str, said: tuple[Said, ...], *, by_mail: bool) -> None:
        """It says what stands, and from where, as the party knows it."""
        for one in said:
            assert one.to == self.model.standing[party][one.operation], f"it does not stand: {party} {one}"
            known = self.model.on_this_way(party, one.operation, by_mail=by_mail)
            assert one.old in known, f"it corrects nothing that was told: {party} {one}, but {known}"

    @invariant()
    def judge_all(self) -> None:
        self.everybody_is_told_once()
        self.what_is_soon_is_called_about()

    def everybody_is_told_once(self) -> None:
        self.look()
        waits = {(shown.party, id) for shown in self.shown for id in OPERATIONS if shown.is_about(id)}
        forgotten = self.model.owed(self.desk.now) - waits
        assert not forgotten, f"nobody tells them: {sorted(forgotten)}"
        for shown in self.shown:
            self.is_true(shown.party, shown.said, by_mail=shown.is_mail)
            for said in shown.said:
                is_new = self.model.may_be_said(shown.party, said.operation, by_mail=shown.is_mail)
                assert is_new, f"it is told already, and waits: {shown.party} {said}"
            assert not shown.is_mail or shown.address == self.mailboxes[shown.party]

    def what_is_soon_is_called_about(self) -> None:
        soon = {(shown.party, id) for shown in self.shown for id in shown.soon}
        ring = {one for one in self.model.ring if self.model.is_soon(*one, self.desk.now)}
        calls = {(one.party, id) for one in self.shown if not one.is_mail for id in OPERATIONS if one.is_about(id)}
        assert ring <= soon, f"not said to be soon: {ring - soon}"
        assert self.model.ring <= calls, f"on no list of calls: {self.model.ring - calls}"
        early = {one for one in soon if not self.model.may_be_soon(*one, self.desk.now)}
        assert not early, f"said to be soon, and is not: {early}"
        if ring != self.rung:
            self.rung, there = ring, self.desk.ring()
            missing = {(party, id) for party, id in ring if id not in there.get(party, [])}
            assert not missing, f"not under Ring nu: {missing}"


SETTINGS = settings(
    phases=[Phase.generate],  # some steps are read as they are; to find fewer takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    report_multiple_bugs=False,
)


@pytest.fixture(scope="module")
def telling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[type[Telling]]:
    """The machine, over a town and a mail server of this module."""
    Telling.town = published_town(tmp_path_factory.mktemp("told"))
    with pytest.MonkeyPatch.context() as patch, StandIn() as Telling.mail:
        lightly(patch)
        yield Telling


@pytest.mark.parametrize("opening", OPENINGS)
def test_everybody_is_told_once(telling: type[Telling], opening: str) -> None:
    made = telling()
    try:
        made.begins(opening)
    finally:
        made.teardown()


@pytest.mark.parametrize(
    ("runs", "steps"), [(10, 5), pytest.param(300, 10, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_everybody_is_told_once_in_any_order(telling: type[Telling], runs: int, steps: int) -> None:
    run_state_machine_as_test(telling, settings=settings(SETTINGS, max_examples=runs, stateful_step_count=steps))
