"""A mail of each kind as a party reads it, in Swedish and in English; and texts that mean ill in its head."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from email.message import EmailMessage

import pytest

from arshjul.office.mail.mailing import Mailing
from arshjul.office.mail.post import letter
from arshjul.office.store.outbox import Owed
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
from tests import years
from tests.conftest import Golden

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


def moved(there: Scenario, old: Plan, ids: int) -> Plan:
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
            new = moved(there, old, 3)
            return mail_of_changes(there, of_party(notices(there, there, old.placed, new).letters, party), said)
        case "strike":
            left = replace(old, revision=2, placements=old.placements[1:])
            return mail_of_changes(there, of_party(notices(there, there, old.placed, left).letters, party), said)
        case _:
            new = moved(there, old, 1)
            asking = ProposalQuestions(FormerPlan(there, old.placed), there, new, changes(old.placed, new.placed))
            return mail_of_questions(there, of_party(asking.letters(), party), DEADLINE, said)


def sent(mail: PartyMail, party: str = AGENCY, token: str = "") -> EmailMessage:
    one = Owed(1, party, f"{party}@example.se", mail, "test", years.NOW, page="questions" if token else "")
    return letter(Mailing((one,)), SERVER, "x", years.NOW, token)


def read(mail: EmailMessage) -> str:
    """As a person reads it."""
    heads = [f"{name}: {mail[name]}" for name in ("From", "To", "Reply-To", "Subject")]
    return "\n".join([*heads, "", mail.get_content()])


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_of_each_kind(golden: Golden, kind: str, language: str) -> None:
    """As it was read once; and none says a title or a site."""
    token = "TOKEN" if kind == "questions" else ""
    golden(f"mail-{kind}-{language}.txt", read(sent(mail_of(kind, language, AGENCY), token=token)).encode())
    for party in (AGENCY, UNIT):
        said = read(sent(mail_of(kind, language, party), party))
        assert not [secret for secret in (years.TITLE, *years.SITES) if secret in said]


def test_the_first_mail_says_where_all_meet() -> None:
    there = year("sv")
    areas = {id: replace(area, meet=Meet("Torget", time(7, 30))) for id, area in there.areas.items()}
    there = replace(there, areas=areas)
    mail = mail_of_first_plan(there, of_party(first_letters(there, years.plan(there)), AGENCY), words("sv"))
    assert "OP-001 (Restaurang, Göteborg City), ett lag; samling 07:30 Torget" in mail.text()


HOSTILE = [
    "x\r\nBcc: b@example.se",
    "x\nBcc: b@example.se",
    '"x" <b@example.se>,',
    "x\x00\x1b[2J\u202ey",
    "=?utf-8?q?x?=",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_makes_another_head_or_hides_one(text: str) -> None:
    mail = PartyMail(text, text, text, text, text, text, from_name=text, reply_to="")
    made = sent(mail)
    assert {*made.keys()} == {
        "From", "To", "Subject", "Reply-To", "Message-ID", "Date", "Auto-Submitted",
        "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
    }  # fmt: skip
    raw = made.as_bytes()
    assert b"\nBcc:" not in raw.partition(b"\n\n")[0]
    (sender,) = made["From"].addresses
    assert sender.addr_spec == "arshjul@example.se"
    assert made["To"] == "a0@example.se"
    assert made["Reply-To"] == "arshjul@example.se"
    assert not {*"\x00\x1b\u202e"} & {*made.get_content()}


def test_its_head_says_when_it_was_sent_and_who_reads_answers() -> None:
    assert "\nDate: Tue, 24 Nov 2026 12:00:00 +0000\n" in sent(PartyMail("s", "b")).as_string(), "as RFC 5322 asks"
    assert sent(PartyMail("s", "b", reply_to="samordning@example.se"))["Reply-To"] == "samordning@example.se"
    assert sent(PartyMail("s", "b"))["Reply-To"] == "arshjul@example.se"
