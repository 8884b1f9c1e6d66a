"""Who is told what, drawn at random: nobody twice, nobody forgotten, nothing that no longer stands.

Each rule presses what a page or a terminal offers, or lets a mail server or a process die; the model says what each
party heard. It is judged by what pages show and letters say, never by how they are kept.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

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

pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")  # a long counterexample

OPERATIONS = ("OP-000", "OP-001", "OP-002")
DAYS = st.sampled_from([0, 1, 2, 5, 9, 30])
"""A date, in days from today."""


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
        self.is_unseen = False
        self.to_ask: set[str] | None = set()
        self.ticked: list[Heard] = []
        self.ids: dict[str, list[tuple[Said, ...]]] = {}
        self.is_confirmed: set[str] = set()
        self.doubted: dict[tuple[str, tuple[Said, ...], tuple[str, ...]], str] = {}
        self.look()

    def teardown(self) -> None:
        self.desk.close()
        self._folder.cleanup()

    def look(self) -> None:
        self.model.look(self.desk.now)
        self.shown: list[Shown] = self.desk.outbox()

    def press(self) -> None:
        """Ten minutes pass."""
        self.desk.wait(1 / 6)
        self.look()

    def day(self, days: int) -> date:
        return (self.desk.now + timedelta(days=days)).date()

    # What is planned and published.

    def publish(self, is_chosen: bool, *, mail: bool) -> None:
        self.to_ask = set()
        if is_chosen:
            self.desk.publish(mail=mail)
            self.was_published()
        else:
            self.desk.start_over()

    def was_published(self) -> None:
        standing = self.desk.standing()
        self.closed, self.is_unseen = set(), False
        if standing != self.model.standing:
            self.doubted.clear()
            self.model.publish(standing, self.desk.now)

    @rule(id=st.sampled_from(OPERATIONS), days=DAYS, mail=st.booleans())
    def moves(self, id: str, days: int, mail: bool) -> None:
        self.press()
        self.publish(self.desk.move(id, self.day(days)), mail=mail)

    @rule(id=st.sampled_from(OPERATIONS), mail=st.booleans())
    def calls_off(self, id: str, mail: bool) -> None:
        self.press()
        self.publish(self.desk.cancel(id), mail=mail)

    @rule(days=DAYS, n=st.sampled_from([1, 6]), mail=st.booleans())
    def withdraws(self, days: int, n: int, mail: bool) -> None:
        self.press()
        self.publish(self.desk.withdraw(self.day(days), self.day(days + n - 1)), mail=mail)

    @rule(id=st.sampled_from(["OP-000", "OP-002"]), mail=st.booleans())
    def leaves_or_comes_back(self, id: str, mail: bool) -> None:
        self.press()
        is_in = self.model.standing["a1"][id] is None
        self.publish(self.desk.take_part(id, is_in=is_in), mail=mail)

    @rule(mail=st.booleans())
    def undoes(self, mail: bool) -> None:
        self.press()
        self.publish(self.desk.undo(), mail=mail)
        self.mailboxes = self.desk.mailboxes()  # corrections that it published are taken back, too

    @rule(id=st.sampled_from(OPERATIONS), days=st.sampled_from([3, 12]))
    def asks_everybody(self, id: str, days: int) -> None:
        self.press()
        if self.day(days) in (places[id] for places in self.model.standing.values()):
            return
        if not self.desk.ask(id, self.day(days)):
            self.to_ask = None
            return
        self.shown = self.desk.outbox()
        self.to_ask = {shown.party for shown in self.shown if shown.asks}
        wanted = {one for one, places in self.model.standing.items() if places[id] is not None}
        reached = {one for one, mailbox in self.mailboxes.items() if mailbox}
        forgotten = (wanted & reached) - {shown.party for shown in self.shown if id in shown.asks}
        assert not forgotten or self.to_ask == set(), f"nobody asks them: {forgotten}"

    @rule(party=st.sampled_from(sorted(NAMES)), answer=st.sampled_from(["yes", "no"]))
    def answers(self, party: str, answer: str) -> None:
        self.press()
        self.desk.answer(party, answer)
        self.to_ask = self.to_ask and self.to_ask - {party}

    @rule(party=st.sampled_from(sorted(NAMES)), has_one=st.booleans())
    def is_reached_elsewhere(self, party: str, has_one: bool) -> None:
        self.press()
        mailbox = f"{party}-{self.desk.n}@example.se" if has_one else ""
        self.desk.n += 1
        self.desk.correct(party, mailbox)
        self.mailboxes[party] = mailbox

    @rule(id=st.sampled_from(OPERATIONS), step=st.integers(1, 60))
    def is_killed_while_publishing(self, id: str, step: int) -> None:
        self.press()
        if self.desk.move(id, self.day(9)):
            killed(lambda: self.desk.publish(mail=True), step)
            self.was_published()
        self.desk.start_over()

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
        self.desk.send(**{step: answering(answer)})
        self.read()

    @rule()
    def is_refused(self) -> None:
        """After the whole text was read."""
        self.press()
        self.desk.send(text=answering(b"554 5.7.1 no\r\n"))
        self.desk.arrived()

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

    @rule(step=st.integers(1, 40))
    def is_killed_while_sending(self, step: int) -> None:
        self.press()
        was_killed = killed(self.desk.send, step)
        self.read(in_doubt=was_killed)
        self.look()
        if was_killed:
            self.forget_doubts()

    def forget_doubts(self) -> None:
        """What a killed sender had noted is in doubt no more: it does not wait."""
        waits = {(shown.party, said.operation) for shown in self.shown for said in shown.said}
        for n, one in enumerate(self.model.heard):
            if one.in_doubt and not any((one.party, id) in waits for id in one.places):
                self.model.heard[n] = replace(one, in_doubt=False)

    @rule()
    def two_send(self) -> None:
        """Another sender is started in the middle."""
        self.press()
        found: list[str] = []

        def other(_: object) -> None:
            if not found:
                found.append(self.desk.send())

        self.desk.send(DATA=other)
        self.read()
        assert set(found) <= {"Refused"}

    def read(self, *, in_doubt: bool = False) -> None:
        """What has arrived, judged, and heard."""
        for mail in self.desk.arrived():
            note(f"mail: {mail}")
            self.judge(mail)
            party = mail.to.partition("@")[0].partition("-")[0]
            self.model.hear(party, {said.operation: said.to for said in mail.said}, "mail", mail.id, in_doubt=in_doubt)
            if mail.is_first:
                self.model.calendars.add(party)
            if in_doubt:
                self.doubted[mail.to, mail.said, mail.asks] = mail.id
            else:
                self.is_confirmed.add(mail.id)
                self.to_ask = self.to_ask and self.to_ask - ({party} if mail.asks else set())
            self.ids.setdefault(mail.id, []).append(mail.said)

    def judge(self, mail: Mail) -> None:
        party = mail.to.partition("@")[0].partition("-")[0]
        assert mail.to == self.mailboxes[party], f"it went to {mail.to}"
        assert mail.to not in self.closed, f"it went to a mailbox that had been corrected: {mail.to}"
        assert not self.is_unseen, f"nobody knows whether it had it, and nobody has looked: {mail}"
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
        assert re.search(rf"(ringde|meddelade) en part.*?{NAMES[one.party]}", self.desk.log()), (
            "the log does not say so"
        )
        standing = self.model.standing[one.party]
        places = standing if one.is_all else {said.operation: said.to for said in one.said}
        self.ticked.append(self.model.hear(one.party, places, "mail" if one.is_mail else "call"))

    @precondition(lambda self: self.ticked)
    @rule()
    def says_that_it_was_not_said(self) -> None:
        self.press()
        ticks = self.desk.ticks()
        assert ticks, "what was ticked is not on the page"
        assert self.desk.untick(ticks[0][1]).status == 303
        self.model.heard.remove(self.ticked.pop())

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
        self.mailboxes, self.backup, self.ticked, self.is_unseen = dict(mailboxes), None, [], is_lost
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

    @invariant()
    def what_is_soon_is_called_about(self) -> None:
        there = self.desk.ring() if self.model.ring else {}
        for party, id in self.model.ring:
            if self.model.is_soon(party, id, self.desk.now):
                assert id in there.get(party, []), f"not under Ring nu: {party} {id}"
            else:
                calls = [
                    shown for shown in self.shown if shown.party == party and not shown.is_mail and shown.is_about(id)
                ]
                assert calls, f"on no list of calls: {party} {id}"


SETTINGS = settings(
    stateful_step_count=10,
    phases=[Phase.generate],  # ten steps are read as they are; to find fewer takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    report_multiple_bugs=False,
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = published_town(tmp_path_factory.mktemp("told"))
    with pytest.MonkeyPatch.context() as patch:
        lightly(patch)
        yield made


def told(town: Path, runs: int) -> None:
    Telling.town = town
    with StandIn() as Telling.mail:
        run_state_machine_as_test(Telling, settings=settings(SETTINGS, max_examples=runs))


def test_everybody_is_told_once(town: Path) -> None:
    told(town, 20)


@pytest.mark.slow
def test_everybody_is_told_once_in_many_years(town: Path) -> None:
    told(town, 300)
