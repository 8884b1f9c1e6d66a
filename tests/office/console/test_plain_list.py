"""A list of what is learnt as architecture.md says that one is added: three places, and it is everywhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import arshjul

SOURCE = Path(arshjul.__file__).parent
ROOT = SOURCE.parents[1]

KIND = '''
@dataclass(frozen=True, slots=True)
class Lesson(Entry):
    """Something learnt from an operation."""

    prefix: ClassVar = "L"
    plain: ClassVar = ListWords(Message("Lessons"), Message("Lesson"), Message("What was learnt."))

    id: Annotated[Id, Told(Message("No"))]
    operation: Annotated[OperationId, Told(Message("Operation"))]
    lesson: Annotated[Name, Told(Message("What was learnt"))]
    party: Annotated[PartyId, Told(Message("Party"))]


LEARNT: Mapping[str, type[Entry]] = {
    "lessons": Lesson,
'''
ADDED = (
    ("domain/entries/learnt.py", "LEARNT: Mapping[str, type[Entry]] = {\n", KIND.lstrip("\n")),
    (
        "domain/entries/entries.py",
        "    minutes: tuple[MeetingMinutes, ...]",
        "    lessons: tuple[Lesson, ...] = field(init=False, compare=False, repr=False)\n"
        "    minutes: tuple[MeetingMinutes, ...]",
    ),
    ("domain/entries/entries.py", "    MeetingMinutes,\n", "    Lesson,\n    MeetingMinutes,\n"),
    (
        "formats/schema/party_entry.py",
        "    CARD: PartyEntryKind(",
        '    "lessons": PartyEntryKind("evaluate", ANY, "lessons", shape(Lesson), "party", waits=False),\n'
        "    CARD: PartyEntryKind(",
    ),
    ("formats/schema/party_entry.py", "import AgendaPoint, PartyCard", "import AgendaPoint, Lesson, PartyCard"),
)

INSIDE = """
from arshjul.office.contacts.ledger import LEDGERS
from arshjul.office.draft.stored_draft import opened_draft
from tests.portal.test_nominate import receipt

def lessons(store):
    with store.reading() as db:
        there = LEDGERS["lessons"].there(opened_draft(db)).values()
    return [(one.id, one.operation, one.lesson, one.party) for one in there]

def test_the_coordinator_enters_one(desk):
    browser = desk.browser()
    said = {"operation": "OP-001", "lesson": "Ring dagen innan", "party": "a0"}
    answer = browser.press("/lessons", **said)
    assert answer.status == 303, answer.text
    page = browser.get("/lessons").text
    assert "Ring dagen innan" in page and "L1" in page
    assert "Lesson L1" in browser.get("/log").text
    assert lessons(desk.store) == [("L1", "OP-001", "Ring dagen innan", "a0")]

def test_a_contact_sends_one(office):
    browser = office.browser("a0", "evaluate")
    page = browser.get("/lessons")
    fields = page.hidden("key", "seen")
    operation = page.body.decode().partition('name="operation"')[2].split('<option value="OP')[1].partition('"')[0]
    sent = {**fields, "operation": f"OP{operation}", "lesson": "Fler tolkar"}
    assert "Fler tolkar" in receipt(browser, browser.post("/lessons", sent)).text
    office.carry()
    ((id, at, lesson, party),) = lessons(office.store)
    assert (id, at, lesson, party) == ("L1", f"OP{operation}", "Fler tolkar", "a0")
"""


@pytest.mark.slow
def test_a_list_that_is_declared_has_its_pages_at_the_console_and_the_portal(tmp_path: Path) -> None:
    source = tmp_path / "src" / "arshjul"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
    for file, line, instead in ADDED:
        path = source / "year" / file
        text = path.read_text()
        assert text.count(line) == 1, (file, line)
        path.write_text(text.replace(line, instead))
    inside = tmp_path / "test_lessons.py"
    inside.write_text(INSIDE)
    environment = {**os.environ, "PYTHONPATH": f"{source.parent}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    plugins = ("-p", "tests.office.console.conftest", "-p", "tests.portal.conftest", "-p", "no:cacheprovider")
    words = [sys.executable, "-P", "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(tmp_path), *plugins]
    ran = subprocess.run([*words, str(inside)], env=environment, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout
