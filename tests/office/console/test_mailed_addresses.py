"""Which addresses to answer at are good once mails have gone, and what a mail server's words tell of them."""

from contextlib import suppress
from datetime import timedelta
from itertools import product

import pytest

from arshjul.errors import InputError
from arshjul.office.draft.answers import hand_out, party_of
from arshjul.office.draft.options import ask_again
from arshjul.office.mail.mailing import Mailing
from arshjul.office.mail.post import post
from arshjul.office.store import proposals
from arshjul.office.store.outbox import MOST_DOUBTS
from arshjul.office.store.store import Store, make_store
from tests import owed
from tests.asking import ask
from tests.databases import SLOW_POSTGRESQL, Databases, databases, filled_databases
from tests.examples import often
from tests.office.console.conftest import NOW, reachable_by_mail
from tests.office.console.mail_stand_in import StandIn

__all__ = ["databases", "filled_databases"]

MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(databases: Databases) -> Store:
    """A database in which a0 is asked."""
    return make_store(databases.filled("one question", lambda url: ask(url, ["a0"])))


def put(store: Store, minute: int, address: str = "a0@example.se") -> None:
    """Lets a0 be asked there, again if it was."""
    reachable_by_mail(store, {id: address if id == "a0" else "" for id in ("a0", "a1", "a2", "p0", "p1")})
    ask_again(store, "a0", "test", NOW + minute * MINUTE)


def sent(store: Store, mail: StandIn, minute: int) -> list[Mailing]:
    return post(store, mail.server, "test", lambda: NOW + minute * MINUTE)


def good(store: Store, *tokens: str) -> list[bool]:
    return [is_good(store, token) for token in tokens]


def is_good(store: Store, token: str) -> bool:
    with suppress(InputError):
        return party_of(store, token, NOW + timedelta(hours=1)) == "a0"
    return False


@SLOW_POSTGRESQL
def test_of_several_mails_to_one_mailbox_each_address_is_good(store: Store, mail: StandIn) -> None:
    for minute in (0, 2, 4):
        put(store, minute)
        sent(store, mail, minute + 1)
    assert good(store, *(one.token for one in mail.mails)) == [True, True, True]


def test_the_first_mail_to_another_mailbox_closes_what_the_former_was_sent(store: Store, mail: StandIn) -> None:
    by_hand = hand_out(store, "a0", "Eva", NOW - MINUTE)
    for minute, name in ((0, "old"), (2, "new"), (4, "old"), (6, "old")):
        put(store, minute, f"{name}@example.se")
        sent(store, mail, minute + 1)
    assert good(store, by_hand, *(one.token for one in mail.mails)) == [False, False, False, True, True]


@SLOW_POSTGRESQL
def test_what_was_readdressed_before_it_was_tried_went_to_no_mailbox(store: Store, mail: StandIn) -> None:
    put(store, 0)
    sent(store, mail, 1)
    put(store, 2, "other@example.se")
    put(store, 3)
    sent(store, mail, 4)
    assert good(store, *(one.token for one in mail.mails)) == [True, True]


def test_an_address_that_is_handed_out_while_a_mail_goes_is_good(store: Store, mail: StandIn) -> None:
    put(store, 0)
    by_hand: list[str] = []

    def hand_one_out(_: object) -> None:
        by_hand.append(hand_out(store, "a0", "Eva", NOW + 2 * MINUTE))

    mail.steps["DATA"] = hand_one_out
    assert [mailing.fault for mailing in sent(store, mail, 1)] == [""]
    assert good(store, mail.mails[0].token, *by_hand) == [False, True], "the newer one alone"


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
    store: Store, mail: StandIn, number: int, quote: str
) -> None:
    put(store, 0)

    def quoting(_: object) -> bytes:
        token = mail.mails[-1].token
        values = {"token": token, "half": token[:20], "other": token[20:], "end": token[-6:], "number": number}
        return f"{number}-5.7.1 {quote.format(**values)}\r\n{number} 5.7.1 here\r\n".encode()

    mail.steps["text"] = quoting
    (done,) = sent(store, mail, 1)
    with store.reading() as db:
        (kept,) = owed.to_mail(db)
    assert done.fault == kept.fault
    assert kept.fault.startswith(f"{number} 5.7.1 blocked …")
    assert kept.fault.endswith("5.7.1 here")
    token = mail.mails[0].token
    assert not any(token[at : at + 6] in kept.fault for at in range(len(token) - 5))


@SLOW_POSTGRESQL
@pytest.mark.parametrize("number", often([251], [299]))
def test_a_mail_server_that_says_in_other_numbers_that_it_took_the_mail_took_it(
    store: Store, mail: StandIn, number: int
) -> None:
    put(store, 0)
    mail.steps["text"] = lambda _: f"{number} queued\r\n".encode()
    assert [mailing.fault for mailing in sent(store, mail, 1)] == [""]
    assert sent(store, mail, 2) == []
    with store.reading() as db:
        assert proposals.open_parties(db, NOW + 2 * MINUTE) == {"a0"}


@SLOW_POSTGRESQL
def test_what_no_mail_server_owns_up_to_is_mailed_three_times_and_then_called_about(
    store: Store, mail: StandIn
) -> None:
    put(store, 0)
    mail.steps["text"] = lambda _: b""
    for minute in range(1, 10):
        sent(store, mail, minute)
    assert len({one.id for one in mail.mails}) == 1
    assert len(mail.mails) == MOST_DOUBTS
    with store.reading() as db:
        assert [one.party for one in owed.to_call(db)] == ["a0"]
        assert owed.to_mail(db) == []


@SLOW_POSTGRESQL
def test_what_died_three_times_while_it_was_handed_over_is_called_about(store: Store, mail: StandIn) -> None:
    put(store, 0)
    for minute in range(10, 40, 10):
        owed.noted(store, owed.waits(store)[0], "trying", NOW + minute * MINUTE)
    assert sent(store, mail, 40) == []
    assert not mail.mails
    with store.reading() as db:
        assert [one.party for one in owed.to_call(db)] == ["a0"]
