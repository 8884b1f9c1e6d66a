"""`post` beside another, killed in the middle, and with mail servers that mean ill: each mail once, each link good."""

import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from socket import socket
from unittest.mock import ANY

import pytest

from arshjul.errors import InputError, Refused, StorageError
from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.draft.answers import hand_out, party_of
from arshjul.office.draft.options import ask_again
from arshjul.office.mail.mailing import Mailing, tick
from arshjul.office.mail.post import post
from arshjul.office.store import audit, outbox, proposals
from arshjul.office.store.events import Imported
from arshjul.office.store.outbox import HAND_OVER, MOST_DOUBTS
from arshjul.office.store.store import Store, make_store
from arshjul.serving import mail_server
from arshjul.year.domain.contact import PartyMail
from tests import forked, owed
from tests.asking import ASKED, ask
from tests.authorities import Authority
from tests.databases import FILE, SLOW_POSTGRESQL, Databases, databases, filled_databases
from tests.examples import often
from tests.office.console.conftest import NOW, reachable_by_mail
from tests.office.console.mail_stand_in import StandIn, Step
from tests.serving import MAIN

__all__ = ["databases", "filled_databases"]

PARTIES = ASKED
WAIT_S = 60


@pytest.fixture
def url(databases: Databases) -> str:
    """A database with a question to each of three parties."""

    return databases.filled("three questions", ask)


@pytest.fixture
def store(url: str) -> Store:
    return make_store(url)


def sent(store: Store, mail: StandIn, at: datetime = NOW) -> list[Mailing]:
    return post(store, mail.server, "test", lambda: at)


def waiting(store: Store) -> list[str]:
    with store.reading() as db:
        return [one.party for one in owed.to_mail(db)]


def number(store: Store, party: str) -> int:
    return next(one.number for one in owed.waits(store, NOW) if one.party == party)


def claimed(store: Store, party: str) -> datetime:
    """When a process took that party's message to hand it over."""
    with store.reading() as db:
        (at,) = (one.going_since for one in owed.to_mail(db) if one.party == party)
    assert at is not None
    return at


def noted(store: Store) -> datetime:
    """When a process last noted that it had sent something."""
    with store.reading() as db:
        at = audit.latest(db)
    assert at is not None
    return at


def is_good(store: Store, token: str, at: datetime = NOW) -> bool:
    with suppress(InputError):
        return bool(party_of(store, token, at))
    return False


def good(store: Store, *tokens: str) -> list[bool]:
    """Which of these addresses lead a0 to its questions an hour later."""
    return [is_good(store, token, NOW + timedelta(hours=1)) for token in tokens]


def process(url: str, mail: StandIn, log: Path) -> forked.Popen:
    words = ("--smtp", f"127.0.0.1:{mail.port}", "--sender", "arshjul@example.se", "--base-url", "https://a.example.se")
    with log.open("ab") as said:
        return forked.Popen([*MAIN, "post", "--db", url, "--by", "test", *words], stdout=said, stderr=said)


class Held:
    """A step at which the mail server waits until it is let go."""

    def __init__(self) -> None:
        self.reached, self.over = threading.Event(), threading.Event()

    def __call__(self, _: socket) -> bytes | None:
        self.reached.set()
        assert self.over.wait(WAIT_S)
        return None


def once(does: Callable[[], object], answer: bytes | None = None) -> Step:
    """A step that does something the first time, and answers so then."""
    left = [does]

    def step(_: socket) -> bytes | None:
        if not left:
            return None
        left.pop()()
        return answer

    return step


def test_of_two_processes_one_sends_and_every_link_is_good(
    url: str, store: Store, mail: StandIn, tmp_path: Path
) -> None:
    held = Held()
    mail.steps["DATA"] = held
    first = process(url, mail, tmp_path / "first.log")
    assert held.reached.wait(WAIT_S)
    second = process(url, mail, tmp_path / "second.log")
    assert second.wait(WAIT_S) == 4
    assert "`arshjul post`" in (tmp_path / "second.log").read_text()
    held.over.set()
    assert first.wait(WAIT_S) == 0, (tmp_path / "first.log").read_text()
    assert [one.to for one in mail.mails] == [f"{party}@example.se" for party in PARTIES]
    assert all(is_good(store, one.token, noted(store)) for one in mail.mails)
    assert not waiting(store)


def test_killed_before_the_server_said_yes_it_is_sent_once_more_as_the_same_mail(
    url: str, store: Store, mail: StandIn, tmp_path: Path
) -> None:
    held = Held()
    mail.steps["text"] = held
    killed = process(url, mail, tmp_path / "log")
    assert held.reached.wait(WAIT_S)
    begun = claimed(store, "a0")
    with pytest.raises(Refused, match="is being sent"):
        tick(store, [number(store, "a0")], "test", begun)
    killed.kill()
    killed.wait(WAIT_S)
    held.over.set()
    mail.steps.clear()
    barely = begun + HAND_OVER - timedelta(seconds=1)
    assert [mailing.party for mailing in sent(store, mail, barely)] == ["a1", "a2"], (
        "somebody may be at the first one still"
    )
    assert [mailing.party for mailing in sent(store, mail, begun + HAND_OVER)] == ["a0"]
    first, *_, again = mail.mails
    assert (first.to, first.id) == (again.to, again.id), "whoever got both sees one"
    assert len({one.id for one in mail.mails}) == len(PARTIES)
    assert is_good(store, first.token, begun + HAND_OVER)
    assert is_good(store, again.token, begun + HAND_OVER), "it may be the first that is kept"


def test_a_proposal_that_is_forgotten_meanwhile_is_asked_about_no_more(store: Store, mail: StandIn) -> None:
    def forget() -> None:
        with store.writing() as db:
            proposals.forget(db)

    mail.steps["DATA"] = once(forget)
    sent(store, mail)
    assert [one.to for one in mail.mails] == ["a0@example.se"]
    assert not waiting(store)


def test_what_is_done_while_mail_is_sent(url: str, store: Store, mail: StandIn, tmp_path: Path) -> None:
    """The number of what was taken out is given to no other: neither a page nor `post` takes one for the other."""
    backup(store, tmp_path / "copy.db", NOW)
    last = number(store, "a2")

    def meanwhile() -> None:
        with pytest.raises(Refused, match="is being sent"):
            tick(store, [number(store, "a1"), number(store, "a0")], "Eva", NOW)
        with pytest.raises(Refused, match="uses"):
            restore(tmp_path / "copy.db", url, "test", NOW, replace=True)
        tick(store, [last], "Eva", NOW)
        with store.writing() as db:
            outbox.add(db, "a7", "a7@example.se", PartyMail("Kan ni?", "x"), "test", NOW)

    mail.steps["DATA"] = once(meanwhile)
    assert [mailing.fault for mailing in sent(store, mail)] == ["", ""]
    assert [one.to for one in mail.mails] == ["a0@example.se", "a1@example.se"], "what was taken out is not sent"
    tick(store, [last], "Eva", NOW)
    assert waiting(store) == ["a7"]


@FILE
def test_of_attempts_that_fail_one_after_the_other_the_last_is_kept(store: Store, mail: StandIn) -> None:
    """Also after one that may have come through, which still counts; one that was refused left no address."""
    mail.steps["text"] = once(lambda: None, b"554 5.7.1 no\r\n")
    assert [mailing.fault for mailing in sent(store, mail)] == ["554 5.7.1 no", "", ""]
    assert not is_good(store, mail.mails[0].token)
    mail.steps["text"] = once(lambda: None, b"")
    sent(store, mail)
    for _ in range(4):
        mail.steps["text"] = once(lambda: None, b"554 5.7.1 no\r\n")
        assert [mailing.fault for mailing in sent(store, mail)] == ["554 5.7.1 no"]
    with store.reading() as db:
        (wait,) = owed.all_of(db, NOW)
        lines = [line.how for line in outbox.TOLD.where(letter=wait.number).all(db)]
    assert lines[-4:] == ["trying", "perhaps", "trying", "failed"]
    assert (wait.doubts, wait.fault) == (1, "554 5.7.1 no")


def test_nothing_is_mailed_that_a_clock_which_jumped_would_not_let_be_noted(store: Store, mail: StandIn) -> None:
    """It would be mailed again at every turn of the timer."""
    with store.writing() as db:
        audit.add(db, NOW - audit.LONGEST_PAUSE - timedelta(days=1), "test", Imported(""))
    for _ in range(3):
        with pytest.raises(Refused, match="Set it right"):
            sent(store, mail)
    assert not mail.mails
    assert waiting(store) == list(PARTIES)


@FILE
def test_a_claim_of_tomorrow_is_of_a_clock_that_was_wrong(store: Store, mail: StandIn) -> None:
    (first, *_) = owed.waits(store)
    owed.noted(store, first, "trying", NOW + timedelta(days=1))
    assert [mailing.party for mailing in sent(store, mail)] == list(PARTIES)


@FILE
def test_a_sender_that_is_no_address_sends_nothing(store: Store, mail: StandIn) -> None:
    for sender in ("a@example.se\r\nBcc: x@example.se", "nobody", "a@example.se, c@example.se", "a@", ""):
        with pytest.raises(InputError, match="no address to send from"):
            post(store, replace(mail.server, sender=sender), "test", lambda: NOW)
    assert not mail.mails
    post(store, replace(mail.server, sender="Årshjul <plan@example.se>"), "test", lambda: NOW)
    assert {one.id.rpartition("@")[2] for one in mail.mails} == {"example.se>"}, "mails are named by its machine"


@FILE
@pytest.mark.parametrize(
    "answer", [b"", b"\xff\xfe what\r\n", b"421 4.3.0 closing\r\n", b"250\r\n", b"354 what\r\n", b"-1\r\n", b"\r\n"]
)
def test_whatever_is_answered_to_the_text_the_link_in_what_was_taken_is_good_or_another_mail_comes(
    store: Store, mail: StandIn, answer: bytes
) -> None:
    mail.steps["text"] = once(lambda: None, answer)
    sent(store, mail)
    sent(store, mail)
    assert not waiting(store)
    to_first = [one for one in mail.mails if one.to == "a0@example.se"]
    assert is_good(store, to_first[-1].token)
    assert is_good(store, to_first[0].token) or answer.startswith(b"421"), "it may lie in somebody's inbox"
    assert len({taken.id for taken in to_first}) == 1


def endless(line: socket) -> bytes:
    with suppress(OSError):
        while True:
            line.sendall(b"250-and so on\r\n" * 1000)
    return b""


def dripping(line: socket) -> bytes:
    over = threading.Event()
    with suppress(OSError):
        while not over.wait(0.01):
            line.sendall(b"2")
    return b""


@FILE
def test_a_mail_server_that_says_no_end_of_things_or_drips_is_left(
    store: Store, mail: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for step in ("MAIL", "RCPT", "text"):
        mail.steps = {step: endless}
        assert [mailing.fault for mailing in sent(store, mail)] == [ANY] * 3
        assert waiting(store) == list(PARTIES)
    for says, step in product((endless, dripping), ("hello", "EHLO")):
        monkeypatch.setattr(mail_server, "LIMIT_S", 0.3 if says is dripping else mail_server.LIMIT_S)
        mail.steps = {step: says}
        with pytest.raises(StorageError, match="unsent messages wait"):
            sent(store, mail)
        assert waiting(store) == list(PARTIES)


@pytest.fixture
def elsewhere(mail: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """The mail server as one on another machine."""
    monkeypatch.setattr("arshjul.serving.mail_server.MailServer._is_here", lambda _: False)
    return mail


@FILE
def test_nothing_goes_in_the_clear_to_another_machine_unless_that_is_said(store: Store, elsewhere: StandIn) -> None:
    with pytest.raises(StorageError, match="--smtp-plain"):
        sent(store, elsewhere)
    elsewhere.steps["EHLO"] = lambda _: b"250-here\r\n250 STARTTLS\r\n"
    elsewhere.steps["STAR"] = lambda _: b"454 not now\r\n"
    for plain in (False, True):
        with pytest.raises(StorageError, match="unsent messages wait"):  # it takes encryption back
            post(store, replace(elsewhere.server, plain=plain), "test", lambda: NOW)
    assert not elsewhere.mails
    elsewhere.steps.clear()
    assert len(post(store, replace(elsewhere.server, plain=True), "test", lambda: NOW)) == 3
    assert len(elsewhere.mails) == 3


@FILE
def test_what_was_said_before_the_encryption_is_not_believed_after_it(
    store: Store, elsewhere: StandIn, tmp_path: Path
) -> None:
    """Somebody in between adds answers to the one that begins the encryption."""
    context, heard = Authority(tmp_path, "own").certified("127.0.0.1"), []

    def begun(line: socket) -> bytes:
        line.sendall(b"220 go on\r\n250-smuggled\r\n250 8BITMIME\r\n")
        with suppress(OSError, ssl.SSLError), context.wrap_socket(line.dup(), server_side=True) as secret:
            heard.append(secret.recv(1000)[:4])
            secret.sendall(b"500 what\r\n")
            heard.append(secret.recv(1000)[:4])
            secret.sendall(b"500 what\r\n")
        return b""

    elsewhere.steps["EHLO"] = lambda _: b"250-here\r\n250 STARTTLS\r\n"
    elsewhere.steps["STAR"] = begun
    server = replace(elsewhere.server, authority=tmp_path / "own.pem")
    done = post(store, server, "test", lambda: NOW)
    assert not elsewhere.mails
    assert all(mailing.fault for mailing in done)
    assert heard[:2] == [b"ehlo", b"helo"], "greeted anew, in secret"


# -- which addresses to answer at are good once mails have gone, and what a mail server's words tell of them


MINUTE = timedelta(minutes=1)


@pytest.fixture
def one_question(databases: Databases) -> Store:
    """A database in which a0 is asked."""
    return make_store(databases.filled("one question", lambda url: ask(url, ["a0"])))


def put(store: Store, minute: int, address: str = "a0@example.se") -> None:
    """Lets a0 be asked there, again if it was."""
    reachable_by_mail(store, {id: address if id == "a0" else "" for id in ("a0", "a1", "a2", "p0", "p1")})
    ask_again(store, "a0", "test", NOW + minute * MINUTE)


def send(store: Store, mail: StandIn, minute: int) -> list[Mailing]:
    return sent(store, mail, NOW + minute * MINUTE)


def test_the_first_mail_to_another_mailbox_closes_what_the_former_was_sent(one_question: Store, mail: StandIn) -> None:
    """Of several to one mailbox each address is good."""
    by_hand = hand_out(one_question, "a0", "Eva", NOW - MINUTE)
    for minute, name in ((0, "old"), (2, "new"), (4, "old"), (6, "old")):
        put(one_question, minute, f"{name}@example.se")
        send(one_question, mail, minute + 1)
    assert good(one_question, by_hand, *(one.token for one in mail.mails)) == [False, False, False, True, True]


@SLOW_POSTGRESQL
def test_what_was_readdressed_before_it_was_tried_went_to_no_mailbox(one_question: Store, mail: StandIn) -> None:
    put(one_question, 0)
    send(one_question, mail, 1)
    put(one_question, 2, "other@example.se")
    put(one_question, 3)
    send(one_question, mail, 4)
    assert good(one_question, *(one.token for one in mail.mails)) == [True, True]


def test_an_address_that_is_handed_out_while_a_mail_goes_is_good(one_question: Store, mail: StandIn) -> None:
    put(one_question, 0)
    by_hand: list[str] = []

    def hand_one_out(_: object) -> None:
        by_hand.append(hand_out(one_question, "a0", "Eva", NOW + 2 * MINUTE))

    mail.steps["DATA"] = hand_one_out
    assert [mailing.fault for mailing in send(one_question, mail, 1)] == [""]
    assert good(one_question, mail.mails[0].token, *by_hand) == [False, True], "the newer one alone"


QUOTES = {
    "whole": "blocked https://a.example.se/answers/{token}",
    "wrapped": "blocked https%3A%2F%2Fa.example.se%2Fanswers%2F{token}&x=1",
    "alone": "blocked '{token}'",
    "cut": "blocked {half}",
    "its end": "blocked {end}",
    "broken": "blocked {half}\r\n{number}-5.7.1 {other}",
}


@SLOW_POSTGRESQL
@pytest.mark.parametrize(
    ("number", "quote"),
    often([(554, QUOTES["its end"]), (451, QUOTES["broken"])], product((554, 451, 399), QUOTES.values())),
)
def test_a_mail_server_that_quotes_the_address_is_not_quoted(
    one_question: Store, mail: StandIn, number: int, quote: str
) -> None:
    put(one_question, 0)

    def quoting(_: object) -> bytes:
        token = mail.mails[-1].token
        values = {"token": token, "half": token[:20], "other": token[20:], "end": token[-6:], "number": number}
        return f"{number}-5.7.1 {quote.format(**values)}\r\n{number} 5.7.1 here\r\n".encode()

    mail.steps["text"] = quoting
    (done,) = send(one_question, mail, 1)
    with one_question.reading() as db:
        (kept,) = owed.to_mail(db)
    assert done.fault == kept.fault
    assert kept.fault.startswith(f"{number} 5.7.1 blocked …")
    assert kept.fault.endswith("5.7.1 here")
    token = mail.mails[0].token
    assert not any(token[at : at + 6] in kept.fault for at in range(len(token) - 5))


@SLOW_POSTGRESQL
@pytest.mark.parametrize("number", often([251], [299]))
def test_a_mail_server_that_says_in_other_numbers_that_it_took_the_mail_took_it(
    one_question: Store, mail: StandIn, number: int
) -> None:
    put(one_question, 0)
    mail.steps["text"] = lambda _: f"{number} queued\r\n".encode()
    assert [mailing.fault for mailing in send(one_question, mail, 1)] == [""]
    assert send(one_question, mail, 2) == []
    with one_question.reading() as db:
        assert proposals.open_parties(db, NOW + 2 * MINUTE) == {"a0"}


@SLOW_POSTGRESQL
def test_what_no_mail_server_owns_up_to_is_mailed_three_times_and_then_called_about(
    one_question: Store, mail: StandIn
) -> None:
    put(one_question, 0)
    mail.steps["text"] = lambda _: b""
    for minute in range(1, 10):
        send(one_question, mail, minute)
    assert len({one.id for one in mail.mails}) == 1
    assert len(mail.mails) == MOST_DOUBTS
    with one_question.reading() as db:
        assert [one.party for one in owed.to_call(db)] == ["a0"]
        assert owed.to_mail(db) == []
    put(one_question, 10)
    for minute in range(20, 50, 10):
        owed.noted(one_question, owed.waits(one_question)[0], "trying", NOW + minute * MINUTE)
    assert send(one_question, mail, 50) == [], "so is what died three times while it was handed over"
    assert len(mail.mails) == MOST_DOUBTS
    with one_question.reading() as db:
        assert [one.party for one in owed.to_call(db)] == ["a0"]
        assert owed.to_mail(db) == []
