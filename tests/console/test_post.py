"""The outbox: what waits in it is handed to a mail server, once; what would make another head is refused."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from arshjul.actions.draft import keep, opened_draft
from arshjul.actions.post import MailServer, letter, post
from arshjul.errors import InputError, StorageError
from arshjul.store import outbox
from arshjul.store.outbox import OutboxMessage
from tests import years
from tests.console.conftest import Desk
from tests.console.test_asking import address, asked
from tests.serving import free_port


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server, as far as these tests need one."""

    received: list[str] = []  # noqa: RUF012 - all requests of a test share it

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while (line := self.rfile.readline()) != b".\r\n":
                    text += line
                self.received.append(text.decode())
            if word == b"QUIT":
                break
            self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def mailbox() -> Iterator[MailServer]:
    Mailbox.received.clear()
    with socketserver.TCPServer(("127.0.0.1", 0), Mailbox) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield MailServer("127.0.0.1", server.server_address[1], "arshjul@example.se", "https://a.example.se/")
        server.shutdown()


@pytest.fixture
def reachable(desk: Desk) -> Desk:
    """The desk, every party with an address."""
    with desk.store.writing() as db:
        draft = opened_draft(db)
        agencies = {id: replace(one, email=f"{id}@example.se") for id, one in draft.scenario.agencies.items()}
        police = {id: replace(one, email=f"{id}@example.se") for id, one in draft.scenario.police.items()}
        scenario = replace(draft.scenario, agencies=agencies, police=police)
        keep(db, draft, replace(draft, scenario=scenario), years.WORDS)
    return desk


def test_a_question_is_mailed_once_with_the_address_to_answer_at(reachable: Desk, mailbox: MailServer) -> None:
    browser = reachable.browser()
    asked(browser)
    assert browser.send(browser.get("/proposal"), "/proposal/mail", party="a0").status == 303
    assert "Frågan ligger i utkorgen" in browser.get("/proposal").text
    assert len(post(reachable.store, mailbox, "test", reachable.now, dry_run=True)) == 1
    assert not Mailbox.received
    assert len(post(reachable.store, mailbox, "test", reachable.now)) == 1
    (mail,) = Mailbox.received
    assert "To: a0@example.se" in mail
    assert "https://a.example.se/answers/" in mail
    for secret in (*years.SITES, years.TITLE):
        assert secret not in mail
    assert not post(reachable.store, mailbox, "test", reachable.now)
    with reachable.store.reading() as db:
        assert not outbox.waiting(db)
    assert address(browser.send(browser.get("/proposal"), "/proposal/address", party="a0"))


def test_what_is_not_sent_waits(reachable: Desk) -> None:
    browser = reachable.browser()
    asked(browser)
    browser.send(browser.get("/proposal"), "/proposal/mail", party="a0")
    nobody = MailServer("127.0.0.1", free_port(), "arshjul@example.se", "https://a.example.se")
    with pytest.raises(StorageError):
        post(reachable.store, nobody, "test", reachable.now)
    with reachable.store.reading() as db:
        assert len(outbox.waiting(db)) == 1


@pytest.mark.parametrize("wrong", ["a0@example.se\r\nBcc: x@example.se", "a0@example.se\nX: y", "nobody", ""])
def test_no_head_is_smuggled_in(desk: Desk, wrong: str) -> None:
    one = OutboxMessage(1, "a0", wrong, "Kan ni?", "text", "", "test", desk.now)
    with pytest.raises(InputError):
        letter(one, MailServer("h", 25, "a@example.se", "https://a.example.se"))
