"""The outbox: what waits in it is handed to a mail server, once; what would make another head is refused."""

import os
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote

import pytest

from arshjul.errors import InputError, Refused, StorageError
from arshjul.office.mail.mailing import Mailing
from arshjul.office.mail.post import letter, post
from arshjul.office.store import audit, outbox, proposals
from arshjul.office.store.events import QuestionWritten, RehearsalBegun
from arshjul.office.store.outbox import Owed
from arshjul.office.store.store import Store, make_store
from arshjul.serving.mail_server import MailServer
from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.domain.change import changes
from arshjul.year.domain.contact import MailWords, PartyMail
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meet
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.letters.notices import Letter, first_letters, notices
from arshjul.year.planning.letters.party_mail import mail_of_changes, mail_of_first_plan, mail_of_questions
from arshjul.year.planning.letters.questions import ProposalQuestions
from tests import owed, years
from tests.authorities import Authority
from tests.conftest import Golden
from tests.examples import each
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import SLOWLY_BOTH, Desk, reachable_by_mail
from tests.office.console.test_asking import address, asked
from tests.office.console.test_withdrawal import HIT

AGENCIES = {"a0", "a1", "a2"}
"""They read which unit takes over."""


def read(raw: bytes) -> str:
    """A mail's heads, and its text as its reader sees it."""
    heads, _, _ = raw.decode().partition("\r\n\r\n")
    text = message_from_bytes(raw).get_payload(decode=True)
    assert isinstance(text, bytes)
    return f"{heads}\n\n{text.decode()}"


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server, as far as these tests need one: it knows nobody named `nobody`, and hangs up on `silent`.

    With a `certificate` it offers to encrypt.
    """

    received: list[str] = []  # noqa: RUF012 - all requests of a test share it
    secret: list[bool] = []  # noqa: RUF012 - whether each came encrypted
    certificate: ssl.SSLContext | None = None

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"EHLO" and self.certificate is not None and not isinstance(self.request, ssl.SSLSocket):
                self.wfile.write(b"250-here\r\n250 STARTTLS\r\n")
                continue
            if word == b"STAR" and self.certificate is not None:
                self.wfile.write(b"220 go on\r\n")
                try:
                    self.request = self.certificate.wrap_socket(self.request, server_side=True)
                except ssl.SSLError:  # the other side does not trust it
                    break
                self.setup()
                continue
            if b"<nobody@" in line:
                self.wfile.write(b"550 5.1.1 no\x07body of that name\r\n")
                continue
            if b"<silent@" in line:
                break
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                text = b""
                while (line := self.rfile.readline()) != b".\r\n":
                    text += line
                self.received.append(read(text))
                self.secret.append(isinstance(self.request, ssl.SSLSocket))
            if word == b"QUIT":
                break
            self.wfile.write(b"250 ok\r\n")

    def finish(self) -> None:
        super().finish()
        self.request.close()  # the server knows only of the one that was not encrypted


@pytest.fixture
def mailbox() -> Iterator[MailServer]:
    Mailbox.received.clear()
    Mailbox.secret.clear()
    with socketserver.TCPServer(("127.0.0.1", 0), Mailbox) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield MailServer("127.0.0.1", server.server_address[1], "arshjul@example.se", "https://a.example.se/")
        server.shutdown()


def test_a_question_is_mailed_once_with_the_address_to_answer_at(reachable: Desk, mailbox: MailServer) -> None:
    browser = reachable.browser()
    asked(browser)
    with reachable.store.writing() as db:
        for one in owed.to_mail(db):
            if one.party != "a1":
                owed.note(db, one, "hand", reachable.now)
    assert browser.send(browser.get("/proposal"), "/proposal/mail", party="a1").status == 303, "once is enough"
    with reachable.store.writing() as db:
        (one,) = owed.to_mail(db)
        owed.note(db, one, "hand", reachable.now)
    assert browser.send(browser.get("/proposal"), "/proposal/mail", party="a0").status == 303
    assert "I utkorgen" in browser.get("/proposal").text
    with reachable.store.reading() as db:
        assert [line.event for line in audit.lines(db, QuestionWritten)] == [QuestionWritten("a0")]
    assert len(post(reachable.store, mailbox, "test", lambda: reachable.now, dry_run=True)) == 1
    assert not Mailbox.received
    with reachable.store.reading() as db:
        assert "a0" not in proposals.open_parties(db, reachable.now), "the address is made when it is sent"
    assert [mailing.fault for mailing in post(reachable.store, mailbox, "test", lambda: reachable.now)] == [""]
    (mail,) = Mailbox.received
    assert "To: a0@example.se" in mail
    link = re.search(r"https://a.example.se(/answers/[\w-]{40,})", mail)
    assert link is not None
    assert reachable.stranger().get(link[1]).status == 200
    for secret in (*years.SITES, years.TITLE):
        assert secret not in mail
    assert not post(reachable.store, mailbox, "test", lambda: reachable.now)
    assert "Inget väntar på att skickas" in browser.get("/outbox").text
    assert address(browser.send(browser.get("/proposal"), "/proposal/address", party="a0"))
    assert reachable.stranger().get(link[1]).status == 404


@SLOWLY_BOTH
def test_one_bad_address_stops_no_other(desk: Desk, mailbox: MailServer) -> None:
    reachable_by_mail(desk.store, {"a0": "nobody@example.se", "a1": "silent@example.se", "p1": ""})
    asked(desk.browser())
    with desk.store.writing() as db:
        outbox.add(db, "gone", "x@example.se\r\nBcc: y@example.se", PartyMail("Kan ni?", "text"), "test", desk.now)
    done = post(desk.store, mailbox, "test", lambda: desk.now)
    nobody = "550 5.1.1 nobody of that name"
    assert [mailing.fault for mailing in done] == [nobody, "SMTPServerDisconnected", "", "address"]
    assert ["To: a2@example.se" in mail for mail in Mailbox.received] == [True]
    assert "Parter att meddela 3 parter" in desk.browser().get("/").text
    shown = desk.browser().get("/outbox").text
    for said in (nobody, "e-postservern bröt", "adressen är ingen e-postadress", "Nytt försök görs"):
        assert said in shown
    with desk.store.reading() as db:
        assert proposals.open_parties(db, desk.now) == {"a2"}, "what was not sent lets nobody in"
    assert len(post(desk.store, mailbox, "test", lambda: desk.now)) == 3, "each is tried again"


def test_a_question_can_be_mailed_by_hand_with_its_address(reachable: Desk) -> None:
    browser = reachable.browser()
    asked(browser)
    handed = browser.send(browser.get("/proposal"), "/proposal/address", party="a0")
    link = re.search(r"http://localhost:8001(/answers/[\w-]{40,})", handed.text)
    assert link is not None
    mail = re.search(r'"mailto:a0@example.se\?subject=([^"&]*)&amp;body=([^"]*)"', handed.body.decode())
    assert mail is not None
    assert re.fullmatch(r".*: kan ni den \d+ \w+\? Svara senast \d+ \w+", unquote(mail[1]))
    text = unquote(mail[2])
    assert text.startswith("Hej!\n")
    assert f"svara ja eller nej:\n\n{link[0]}\n\nFrågor: " in text
    assert text.endswith("Med vänlig hälsning\nSamordnaren för Göteborg 2027")
    assert reachable.stranger().get(link[1]).status == 200


def test_a_question_about_what_is_proposed_no_more_is_not_sent(reachable: Desk) -> None:
    browser = reachable.browser()
    asked(browser)
    path = browser.send(browser.get("/"), "/options").headers["location"]
    assert browser.send(browser.get(path), path, option="balanced").status == 303
    with reachable.store.reading() as db:
        assert not owed.to_mail(db)


def test_a_rehearsal_sends_nothing(waiting: Store, mailbox: MailServer) -> None:
    with waiting.writing() as db:
        audit.add(db, years.NOW, "test", RehearsalBegun())
    with pytest.raises(Refused, match="rehearsal"):
        faults(waiting, mailbox)
    assert not Mailbox.received


@pytest.fixture
def encrypting(mailbox: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MailServer:
    """The mail server with a certificate for its address, and one letter that waits for it."""
    monkeypatch.setattr(Mailbox, "certificate", Authority(tmp_path, "own").certified("127.0.0.1"))
    return replace(mailbox, authority=tmp_path / "own.pem")


@pytest.fixture
def waiting(tmp_path: Path) -> Store:
    """A database with one message that waits."""
    store = make_store(str(tmp_path / "y.db"))
    with store.writing() as db:
        outbox.add(db, "a0", "a0@example.se", PartyMail("Kan ni?", "text"), "test", years.NOW)
    return store


def faults(store: Store, server: MailServer) -> list[str]:
    """Of what is sent there."""
    return [mailing.fault for mailing in post(store, server, "test", lambda: years.NOW)]


def test_mail_goes_to_a_server_whose_certificate_holds(waiting: Store, encrypting: MailServer) -> None:
    assert faults(waiting, encrypting) == [""]
    with waiting.writing() as db:
        outbox.add(db, "a1", "a1@example.se", PartyMail("Kan ni?", "text"), "test", years.NOW)
    assert faults(waiting, replace(encrypting, authority=None)) == [""]
    assert Mailbox.secret == [True, False], "a server on this computer needs none"


def test_nothing_goes_to_a_server_whose_certificate_does_not_hold(
    waiting: Store, encrypting: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(server: MailServer, why: str) -> None:
        with pytest.raises(StorageError, match=why):
            faults(waiting, server)

    Authority(tmp_path, "other")
    refused(replace(encrypting, authority=tmp_path / "other.pem"), "--smtp-ca")
    monkeypatch.setattr(Mailbox, "certificate", Authority(tmp_path, "own").certified("192.0.2.1"))
    refused(encrypting, "IP address mismatch")
    monkeypatch.setattr(Mailbox, "certificate", None)
    refused(encrypting, "offers no encryption")
    assert not Mailbox.received
    with waiting.reading() as db:
        assert len(owed.to_mail(db)) == 1


def test_a_server_elsewhere_is_checked_by_what_the_system_trusts(
    waiting: Store, encrypting: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, port = socket.create_connection, encrypting.port
    monkeypatch.setattr(socket, "create_connection", lambda _, *more: connect(("127.0.0.1", port), *more))
    monkeypatch.setattr(Mailbox, "certificate", Authority(tmp_path, "own").certified("mail.example.se"))
    elsewhere = replace(encrypting, host="mail.example.se", authority=None)
    with pytest.raises(StorageError, match="invalid certificate"):
        faults(waiting, elsewhere)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
    assert faults(waiting, elsewhere) == [""]
    assert Mailbox.secret == [True]


def test_a_file_of_no_certificates_is_told_of_and_a_pipe_not_waited_for(
    waiting: Store, mailbox: MailServer, tmp_path: Path
) -> None:
    (tmp_path / "text.pem").write_bytes(b"no certificate")
    os.mkfifo(tmp_path / "pipe.pem")
    for file, why in (("text", "PEM"), ("none", "no such file"), ("pipe", r"pipe\.pem")):
        with pytest.raises(InputError, match=why):
            faults(waiting, replace(mailbox, authority=tmp_path / f"{file}.pem"))


def published(browser: Browser, **fields: str) -> Page:
    """A withdrawal, answered and published."""
    path = browser.press("/withdrawals/new", **HIT).headers["location"]
    browser.press(path, option="fewest-changes")
    return browser.publish(**fields)


def test_who_has_no_address_is_called_and_so_is_who_could_not_be_mailed(desk: Desk, mailbox: MailServer) -> None:
    reachable_by_mail(desk.store, {"p0": "", "p1": "nobody@example.se"})
    browser = desk.browser()
    done = published(browser, mail="on")
    told = "OP-000 (Restaurang, Göteborg City): LPO 1 tar över"
    page = browser.get(done.headers["location"])
    assert re.search("Att ringa: 1 LPO 0 031-390 06 00 Samordnare 0 Mejladress saknas. " + re.escape(told), page.text)
    assert "Parter att meddela en part" in browser.get("/").text
    tried = post(desk.store, mailbox, "test", lambda: desk.now, dry_run=True)
    assert {mailing.party for mailing in tried} == {*AGENCIES, "p1"}
    post(desk.store, mailbox, "test", lambda: desk.now)
    page = browser.get("/outbox")
    assert re.search(r"Att ringa: 2 LPO 0 .* LPO 1 .* 550 5\.1\.1", page.text)
    for name in ("Myndighet", *years.SITES, years.TITLE):
        assert name not in page.text
    numbers = re.findall(r'name="message" value="(\d+)"', page.body.decode())
    assert browser.send(page, "/outbox", message=numbers).status == 303
    assert "Inget väntar på att skickas" in browser.get("/outbox").text
    assert "ringde en part om ändringar LPO 0" in browser.get("/log").text


def test_whoever_is_not_to_be_mailed_is_called(reachable: Desk) -> None:
    published(reachable.browser())
    with reachable.store.reading() as db:
        assert not owed.to_mail(db)
        assert {one.party for one in owed.to_call(db)} == {*AGENCIES, "p0", "p1"}


@each(
    [
        "a0@example.se\r\nBcc: x@example.se",
        "a0@example.se\nX: y",
        "nobody",
        "a0@",
        "@",
        "a0@example.se, b@example.se",
        "",
    ]
)
def test_no_head_is_smuggled_in(wrong: str) -> None:
    one = Owed(1, "a0", wrong, PartyMail("Kan ni?", "text"), "test", years.NOW)
    with pytest.raises(InputError):
        letter(Mailing((one,)), MailServer("h", 25, "a@example.se", "https://a.example.se"), "x", years.NOW)


# -- a mail of each kind as a party reads it, in Swedish and in English; and texts that mean ill in its head


SERVER = MailServer("h", 25, "arshjul@example.se", "https://a.example.se")
AS_OF = datetime(2027, 1, 20, 8)
DEADLINE = datetime(2027, 1, 27, 7, tzinfo=UTC)
OWN = MailWords(
    "Samordningen för gemensam tillsyn", "Hej allihop!", "Hälsningar", "031-390 06 00", "samordning@example.se"
)
MOVED = {"OP-000": date(2027, 3, 25), "OP-001": date(2027, 4, 6), "OP-002": date(2027, 4, 7)}
KINDS = ("first", "changes", "strike", "questions")
AGENCY, UNIT = "a0", "p0"


def year(language: str) -> Scenario:
    """In Swedish with the coordinator's own words, in English with those that count where none are given."""
    usual = years.scenario(4, 2, 2)
    return replace(usual, language=language, mail=OWN if language == "sv" else MailWords())


def moved_plan(there: Scenario, old: Plan, ids: int) -> Plan:
    """Replanned after a shooting, which the unit that withdrew may know of."""
    shot = Withdrawal("W-1", AS_OF, (UNIT,), date(2027, 2, 1), date(2027, 2, 20), cause="shooting", revision=2)
    made = years.plan(there, dict([*MOVED.items()][:ids]), AS_OF, old)
    return replace(
        made, base=Base(1, AS_OF, old.placed, frozenset([*MOVED][:ids])), entries=Entries.of(withdrawals=(shot,))
    )


def of_party(letters: tuple[Letter, ...], party: str) -> Letter:
    return next(one for one in letters if one.to.id == party)


def mail_of(kind: str, language: str, party: str) -> PartyMail:
    there, said = year(language), words(language)
    old = years.plan(there)
    match kind:
        case "first":
            return mail_of_first_plan(there, of_party(first_letters(there, old), party), said)
        case "changes":
            new = moved_plan(there, old, 3)
            return mail_of_changes(there, of_party(notices(there, there, old.placed, new).letters, party), said)
        case "strike":
            left = replace(old, revision=2, placements=old.placements[1:])
            return mail_of_changes(there, of_party(notices(there, there, old.placed, left).letters, party), said)
        case _:
            new = moved_plan(there, old, 1)
            asking = ProposalQuestions(FormerPlan(there, old.placed), there, new, changes(old.placed, new.placed))
            return mail_of_questions(there, of_party(asking.letters(), party), DEADLINE, said)


def mail_to(mail: PartyMail, party: str = AGENCY, token: str = "") -> EmailMessage:
    one = Owed(1, party, f"{party}@example.se", mail, "test", years.NOW, page="questions" if token else "")
    return letter(Mailing((one,)), SERVER, "x", years.NOW, token)


def as_read(mail: EmailMessage) -> str:
    """As a person reads it."""
    heads = [f"{name}: {mail[name]}" for name in ("From", "To", "Reply-To", "Subject")]
    return "\n".join([*heads, "", mail.get_content()])


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_of_each_kind(golden: Golden, kind: str, language: str) -> None:
    """As it was read once; and none says a title or a site."""
    token = "TOKEN" if kind == "questions" else ""
    golden(f"mail-{kind}-{language}.txt", as_read(mail_to(mail_of(kind, language, AGENCY), token=token)).encode())
    for party in (AGENCY, UNIT):
        said = as_read(mail_to(mail_of(kind, language, party), party))
        assert not [secret for secret in (years.TITLE, *years.SITES) if secret in said]
        if language == "sv" and kind in ("changes", "questions"):
            assert ("skjutning" in said) is (party == UNIT), "the police alone know why"


def test_the_first_mail_says_where_all_meet() -> None:
    there = year("sv")
    areas = {id: replace(area, meet=Meet("Torget", time(7, 30))) for id, area in there.areas.items()}
    there = replace(there, areas=areas)
    mail = mail_of_first_plan(there, of_party(first_letters(there, years.plan(there)), AGENCY), words("sv"))
    assert "OP-001 (Restaurang, Göteborg City), ett lag; samling 07:30 Torget" in mail.text()


@each(["x\r\nBcc: b@example.se", "x\nBcc: b@example.se", '"x" <b@example.se>,', "x\x00\x1b[2J\u202ey", "=?utf-8?q?x?="])
def test_no_text_makes_another_head_or_hides_one(text: str) -> None:
    made = mail_to(PartyMail(text, text, text, text, text, text, from_name=text, reply_to=""))
    assert {*made.keys()} == {
        "From", "To", "Subject", "Reply-To", "Message-ID", "Date", "Auto-Submitted",
        "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    assert b"\nBcc:" not in made.as_bytes().partition(b"\n\n")[0]
    (sender,) = made["From"].addresses
    assert sender.addr_spec == "arshjul@example.se"
    assert made["To"] == "a0@example.se"
    assert made["Reply-To"] == "arshjul@example.se"
    assert not {*"\x00\x1b\u202e"} & {*made.get_content()}


def test_its_head_says_when_it_was_sent_and_who_reads_answers() -> None:
    assert "\nDate: Tue, 24 Nov 2026 12:00:00 +0000\n" in mail_to(PartyMail("s", "b")).as_string(), "as RFC 5322 asks"
    assert mail_to(PartyMail("s", "b", reply_to="samordning@example.se"))["Reply-To"] == "samordning@example.se"
    assert mail_to(PartyMail("s", "b"))["Reply-To"] == "arshjul@example.se"
