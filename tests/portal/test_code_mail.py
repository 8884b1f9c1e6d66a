"""The mail with a code: made as all mails are; a mail server that hangs stops nobody, and no lost code counts."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_string, policy

import pytest

from arshjul.actions.contacts.contacts import Invitation, invite
from arshjul.actions.mail.mail_server import MailServer
from arshjul.actions.mail.post import post
from arshjul.actions.parties import code_mail, codes
from tests.console.test_post import Mailbox, mailbox
from tests.portal.conftest import Office
from tests.portal.test_calendars import Unit
from tests.serving import free_port

__all__ = ["mailbox"]


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a mail server that takes connections, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as there:
        yield there.getsockname()[1]


def test_it_has_the_headers_and_the_sender_of_every_other_mail(office: Office, mailbox: MailServer) -> None:
    unit = Unit(office, mailbox)
    unit.code(unit.phone())
    code = message_from_string(Mailbox.received[-1].split("\n\n")[0], policy=policy.default)
    wanted = Invitation("p1", "Vakthavande", ["report"], email="p1@example.se")
    invite(office.store, [wanted], "test", office.now, mail=True)
    server = replace(mailbox, portal_url="https://portal.example.se")
    post(office.store, server, "test", lambda: office.now, office.carry)
    others = [message_from_string(one.split("\n\n")[0], policy=policy.default) for one in Mailbox.received[1:]]
    assert others
    for other in others:
        assert code["From"] == other["From"]
        assert code["Reply-To"] == other["Reply-To"]
        assert {*code.keys()} == {*other.keys()}
    assert code["Date"].datetime == office.now
    assert code["Auto-Submitted"] == "auto-generated"
    unit.code(unit.phone())
    again = message_from_string(Mailbox.received[-1].split("\n\n")[0], policy=policy.default)
    assert again["Message-ID"] != code["Message-ID"]


def test_a_code_that_the_server_did_not_take_does_not_count(office: Office, mailbox: MailServer) -> None:
    away = Unit(office, replace(mailbox, port=free_port()))
    phone = away.phone()
    assert [away.post(phone, "/code").status for _ in range(codes.MOST_OF_SESSION + 1)] == [503] * 4


def test_a_server_that_hangs_is_waited_for_some_seconds_by_two_and_others_are_told_at_once(
    office: Office, mailbox: MailServer, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert code_mail.LIMIT_S == 8
    monkeypatch.setattr(code_mail, "LIMIT_S", 1.0)
    unit = Unit(office, replace(mailbox, port=silent))
    phones = [unit.phone() for _ in range(6)]
    answers = list[tuple[int, str]]()

    def ask(n: int) -> None:
        answer = unit.post(phones[n], "/code")
        answers.append((answer.status, answer.text))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    begun = time.monotonic()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert time.monotonic() - begun < 10
    assert [status for status, _ in answers] == [503] * 6
    assert sum("just nu" in text for _, text in answers) >= 2
    assert code_mail.PLACES._value == 2
