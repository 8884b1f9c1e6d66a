"""No word of an information sheet gets to whom it is not given, by any way: planted words over random sheets.

`READER_WAYS` are what a party sees of a sheet: it may find there what it may read, and not a word besides. `OTHER_WAYS`
are what others see or keep, where no word may stand. A new way is a line with its function, and one with the fault by
which it is seen that the test looks there.
"""

import io
import logging
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from shutil import which
from tempfile import TemporaryDirectory
from unittest import mock
from zipfile import ZipFile

import jsonschema
import pikepdf
import pytest
from starlette.responses import Response

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.draft.stored_draft import keep, opened_draft
from arshjul.office.store import audit, outbox
from arshjul.office.store.store import make_store, open_store
from arshjul.office.sync.sync import make_portal
from arshjul.portal.actions import sheets
from arshjul.portal.actions.sheet_copy import copy_in_words
from arshjul.portal.app import PortalServer
from arshjul.portal.store import sheets as rows
from arshjul.portal.store import tables, views
from arshjul.portal.store.sheet_keys import SheetKeys
from arshjul.system import uncaught
from arshjul.system.processes import python
from arshjul.year.domain.contact import PartyMail
from arshjul.year.domain.information_sheet.declared import SECTIONS
from arshjul.year.domain.information_sheet.sections import Section, sheet_of
from arshjul.year.folder import pdf
from arshjul.year.folder.pdf import pdf_of
from arshjul.year.formats.information_sheet.sheet_json import sheet_schema, to_mapping
from arshjul.year.render import sheet_pdf
from tests import owed
from tests.builders import swedish
from tests.commands import ran
from tests.databases import Cluster, whole
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk
from tests.portal.conftest import Office
from tests.portal.sheet_town import (
    AFTER_DUE,
    BEFORE_DUE,
    PLANTED,
    SheetTown,
    publish,
    settled,
    town_in,
    town_of,
    with_sheets,
)

SAY = swedish()
LEAD = "agency-a0"
WORD = "kanarie0000000"
"""Planted by a fault: it is the first word of the first sheet."""

N_OPERATIONS = 20
"""Each has a random sheet; a town of them takes some seconds."""

N_TOWNS = 25
"""For each seed."""

FEW = ("OP-000", "OP-001")
"""The sheets that are looked at by slow ways too."""

SOME = ("OP-000", "OP-001", "OP-002", "OP-003", "OP-004", "OP-005")
"""The sheets of the quick run."""


# -- what a reader sees


def as_json(town: SheetTown, party: str, operation: str) -> str:
    sheet = town.read(party, operation)
    return "" if sheet is None else str(to_mapping(sheet))


def in_words(town: SheetTown, party: str, operation: str) -> str:
    return str(_words(town, party, operation))


def _words(town: SheetTown, party: str, operation: str) -> dict[str, object]:
    sheet = town.read(party, operation)
    return {} if sheet is None else copy_in_words(sheet, town.views[party], town.sheets.grounds, SAY)


def as_page(town: SheetTown, party: str, operation: str) -> str:
    browser = town.raised(party)
    own = browser.get("/sheets").hidden()
    return browser.post(f"/sheets/{operation}/read", own).body.decode()


def other_pages(town: SheetTown, party: str, operation: str) -> str:
    """All that a contact with a code may open, but for what it reads."""
    browser = town.raised(party)
    ways = (*SECTIONS, "give")
    paths = ["/", "/sheets", f"/sheets/{operation}", *(f"/sheets/{operation}/{way}" for way in ways)]
    return "".join(browser.get(path).body.decode() for path in paths)


def text_of_pdf(town: SheetTown, party: str, operation: str) -> str:
    """As whoever copies text out of it gets it."""
    words = _words(town, party, operation)
    if not words:
        return ""
    return subprocess.run(["pdftotext", "-", "-"], input=pdf_of(words), capture_output=True, check=True).stdout.decode()


def inside_of_pdf(town: SheetTown, party: str, operation: str) -> str:
    """Info, XMP, outline, names, attachments: every text and every stream of the file, unpacked."""
    words = _words(town, party, operation)
    if not words:
        return ""
    with pikepdf.open(io.BytesIO(pdf_of(words))) as pdf:
        return "\n".join(_texts(pdf))


def _texts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for one in (*pdf.objects, pdf.trailer, pdf.docinfo):
        if isinstance(one, pikepdf.Stream):
            yield one.read_bytes().decode("latin-1")
        elif isinstance(one, pikepdf.Dictionary):
            yield " ".join(str(value) for value in one.values() if isinstance(value, pikepdf.String))


OTHER = "other pages"
ReaderWay = Callable[[SheetTown, str, str], str]
READER_WAYS: dict[str, ReaderWay] = {
    "json": as_json,
    "words of page and PDF": in_words,
    "page": as_page,
    OTHER: other_pages,
    "PDF's text": text_of_pdf,
    "PDF's inside": inside_of_pdf,
}
QUICK = ("json", "words of page and PDF")
"""Ways that every sheet is looked at by."""

WORDLESS = ("PDF's inside",)
"""Where not even words stand that may be read: a page of a PDF is drawn in numbers of letters."""


# -- what others see or keep


def portal_files(town: SheetTown) -> bytes:
    return _files(town.office.portal.place.path)


def year_files(town: SheetTown) -> bytes:
    return _files(town.office.store.place.path)


def _files(path: Path | None) -> bytes:
    """The database with its write-ahead log, while somebody reads, so that nothing of that is emptied."""
    assert path is not None
    return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


def portal_dump(town: SheetTown) -> bytes:
    """All rows."""
    with town.office.portal.reading() as db:
        rows_of = [db.execute(table.select()).all() for table in tables.metadata.sorted_tables]
    return str(rows_of).encode()


def backup(town: SheetTown) -> bytes:
    copy = _beside(town, "copy.db")
    told = ran(["backup", str(copy), "--db", town.office.store.name]).output
    return told.encode() + copy.read_bytes() + copy.with_name("copy.db.manifest.json").read_bytes()


def log(town: SheetTown) -> bytes:
    with town.office.store.reading() as db:
        lines = str(db.execute(audit.LINES.table.select()).all())
    return (ran(["log", "--db", town.office.store.name]).output + lines).encode()


def exports(town: SheetTown) -> bytes:
    """What is exported of the year: its plan folder, as files and as a workbook, and the report."""
    name, folder, book = town.office.store.name, _beside(town, "out"), _beside(town, "w.xlsx")
    told = ran(["checkout", "-o", str(folder), "--db", name]).output + ran(["report", "--db", name, "--json"]).output
    told += ran(["workbook", str(folder), "-o", str(book)]).output
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert book.exists(), told
    with ZipFile(book) as opened:
        files += [opened.read(one) for one in opened.namelist()]
    return told.encode() + b"".join(files)


def mails(town: SheetTown) -> bytes:
    with town.office.store.reading() as db:
        return "".join(str(one) for one in owed.all_of(db)).encode()


def carried_out(town: SheetTown) -> bytes:
    with town.office.portal.reading() as db:
        return "".join(str(row) for row in db.execute(tables.view.select())).encode()


def consoles_pages(town: SheetTown) -> bytes:
    """What the coordinator sees."""
    browser = Desk(town.office.store, town.office.now).browser()
    paths = ("/today", "/log", "/contacts", "/report", *(f"/operations/{id}" for id in FEW))
    return b"".join(browser.get(path).body for path in paths)


def errors(town: SheetTown) -> bytes:
    return b"".join(refusal.body + str(refusal.headers).encode() for refusal in refusals(town))


def refusals(town: SheetTown) -> list[Page]:
    """What somebody without a part in it gets, and a contact whose section another session has written."""
    party = next(one for one in town.parties if town.writer(one, FEW[0]) is None)
    stranger, other = town.office.browser(party.partition("-")[2], "sheet"), town.office.browser("a0", "sheet")
    own = stranger.get("/sheets").hidden()
    told = [stranger.get(f"/sheets/{FEW[0]}/{id}") for id in ("", "B", "E", "Z", "give")]
    told += [stranger.post(f"/sheets/{FEW[0]}/{way}", own) for way in ("read", "pdf", "B", "give", "narrow")]
    hidden = other.get(f"/sheets/{FEW[0]}/B").hidden()
    told += [other.post(f"/sheets/{FEW[0]}/B", {**hidden, **more}) for more in STRANGE]
    told += [other.post(f"/sheets/{FEW[0]}/{way}", hidden) for way in ("give", "narrow", "read", "pdf")]
    return [*told, *_broken(town.raised(LEAD))]


STRANGE: list[dict[str, str]] = [
    {"seen": "0" * 64, "purpose": "Egen text"},
    {"decision": "no such", "seen": ""},
    {"purpose": "x" * 3000},
]


def _broken(browser: Browser) -> Iterator[Page]:
    """Where the key is gone, and where something of ours breaks while it has a section in hand."""
    path = f"/sheets/{FEW[0]}/F"
    hidden = browser.get(path).hidden("seen")
    with mock.patch.object(SheetKeys, "_keys", return_value=[]):
        yield browser.get(f"/sheets/{FEW[0]}")
        yield browser.post(path, {**hidden, "checks": "Egen text"})
    with mock.patch.object(rows, "readings", side_effect=_breaking):
        yield browser.get(f"/sheets/{FEW[0]}")


def journal(town: SheetTown) -> bytes:
    """What the portal's process says of faults that have a section in their text."""
    told: list[str] = []
    handler = uncaught._Kinds(lambda fault: told.append(str(fault)))
    browser = town.raised(LEAD)
    own = browser.get("/sheets").hidden()
    logging.getLogger().addHandler(handler)
    try:
        for place in ("portal.actions.sheet_copy.printed", "portal.pages.sheets.note_reading"):
            with mock.patch(f"arshjul.{place}", side_effect=_breaking):
                assert browser.post(f"/sheets/{FEW[0]}/read", own).status == 500
    finally:
        logging.getLogger().removeHandler(handler)
    assert len(told) == 2
    return "\n".join(told).encode()


def _breaking(*given: object, **_: object) -> None:
    raise ValueError(f"{given} {WORD}")


def _beside(town: SheetTown, name: str) -> Path:
    path = town.office.store.place.path
    assert path is not None
    return path.with_name(name)


OtherWay = Callable[[SheetTown], bytes]
KEPT = ("portal's file and write-ahead log", "year's file and write-ahead log")
"""Where every town is looked at."""

OTHER_WAYS: dict[str, OtherWay] = {
    "portal's file and write-ahead log": portal_files,
    "portal's dump": portal_dump,
    "year's file and write-ahead log": year_files,
    "backup": backup,
    "log": log,
    "exports": exports,
    "mails": mails,
    "what is carried out": carried_out,
    "console": consoles_pages,
    "errors": errors,
    "journal": journal,
}


# -- the test


def read_too_much(town: SheetTown, party: str, operation: str, text: str, way: str = "") -> set[int]:
    """What a party has found of a sheet and may not read. What it gave before stands filled in on its other pages."""
    before = {number for model in town.models.values() for number in model.given_by(party)} if way == OTHER else set()
    words = {int(number) for number in PLANTED.findall(text)}
    filled_in = {word for word in words & town.recurring if town.words[word] in before}
    return {town.words[word] for word in words - filled_in} - town.models[operation].by(party)


@pytest.fixture(scope="session")
def sheet_year(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return with_sheets(tmp_path_factory.mktemp("leaks"), N_OPERATIONS)


@pytest.fixture(scope="module")
def town(sheet_year: bytes, empty_portal: bytes, tmp_path_factory: pytest.TempPathFactory) -> SheetTown:
    return filled(town_of(sheet_year, empty_portal, tmp_path_factory.mktemp("town")), Random(28), SOME)


def filled(town: SheetTown, random: Random, operations: Sequence[str] = ()) -> SheetTown:
    """The town with random sheets, carried in and out."""
    for operation in operations or town.operations:
        town.fill(operation, random)
    town.office.now = AFTER_DUE
    town.office.carry()
    return town


def look(town: SheetTown, ways: dict[str, ReaderWay], operations: Iterable[str]) -> int:
    """Looks at sheets as every party by these ways; how many writings were found where they may be."""
    n_found = 0
    for operation in operations:
        for party in town.parties:
            for name, way in ways.items():
                text = way(town, party, operation)
                assert not read_too_much(town, party, operation, text, name), (name, party, operation)
                n_found += len(town.found(text))
    return n_found


def look_around(town: SheetTown, ways: Iterable[str]) -> None:
    """Looks where no word may stand."""
    for name in ways:
        assert not PLANTED.search(OTHER_WAYS[name](town).decode("latin-1")), name


@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=pytest.mark.slow) if way == OTHER else way for way in READER_WAYS]
)
def test_a_reader_finds_no_word_that_is_not_given_to_it(town: SheetTown, way: str) -> None:
    operations = SOME if way in QUICK else FEW
    n_found = look(town, {way: READER_WAYS[way]}, operations)
    assert way in WORDLESS or n_found > len(operations), "words are found where they may be"


def test_a_reader_finds_all_that_is_given_to_it(town: SheetTown) -> None:
    for operation in SOME:
        for party in town.parties:
            may = town.models[operation].by(party) if town.writer(party, operation) else set()
            assert may & town.told <= town.found(as_json(town, party, operation)) <= may, (party, operation)


def test_what_is_given_is_of_the_published_schema(town: SheetTown) -> None:
    schema = sheet_schema(SAY)
    jsonschema.Draft202012Validator.check_schema(schema)
    judge = jsonschema.Draft202012Validator(schema)
    sheets_read = [town.read(party, operation) for operation in SOME for party in town.parties]
    given = [section for sheet in sheets_read if sheet is not None for section in sheet.sections]
    assert {section.state for section in given} >= {"given", "addendum"}
    assert {section.id for section in given} >= {id for id, one in SECTIONS.items() if one.by == "each"}
    for sheet in (one for one in sheets_read if one is not None):
        judge.validate(to_mapping(sheet))
    once_required = Section("O", LEAD, "F", 1, "given", why_not={"order": "unknown", "breach": "withheld"})
    judge.validate(to_mapping(sheet_of("O", LEAD, [LEAD], [once_required])))
    wrong = {"schema": "arshjul-sheet/1", "operation": "O", "reader": "r", "sections": [{"section": "Z"}]}
    assert not judge.is_valid(wrong)


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_nobody_else_finds_a_word(town: SheetTown, way: str) -> None:
    look_around(town, [way])


@pytest.fixture(scope="session")
def held(sheet_year: bytes, empty_portal: bytes, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """The files of a town in which nothing is written yet."""
    folder = tmp_path_factory.mktemp("held")
    office = town_of(sheet_year, empty_portal, folder).office
    assert all(database.empty_log() for database in (office.store, office.portal))
    return whole(folder / "y.db"), whole(folder / "portal.db")


@pytest.mark.slow
def test_every_kind_of_refusal_is_looked_at(held: tuple[bytes, bytes], tmp_path: Path) -> None:
    town = town_in(*held, tmp_path)
    writer = town.writer(LEAD, FEW[0])
    assert writer is not None
    town.write(writer, "B", Random(28), [], AFTER_DUE)
    assert {404, 409, 422, 500, 503} <= {refusal.status for refusal in refusals(town)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_thousands_of_sheets_tell_nobody_a_word(held: tuple[bytes, bytes], tmp_path: Path, seed: int) -> None:
    """25 towns of 20 sheets for each seed; two sheets of each first town, and what is kept of it, by every way."""
    for number in range(N_TOWNS):
        folder = tmp_path / str(number)
        folder.mkdir()
        town = filled(town_in(*held, folder), Random(f"{seed} {number}"))
        assert look(town, {way: READER_WAYS[way] for way in QUICK}, town.operations)
        look_around(town, OTHER_WAYS if number == 0 else KEPT)
        if number == 0:
            assert look(town, READER_WAYS, FEW)
        shutil.rmtree(folder)


@pytest.mark.slow
def test_a_dump_of_postgresql_has_no_word(postgresql: Cluster, tmp_path: Path) -> None:
    if (program := which("pg_dump")) is None:
        pytest.skip("no pg_dump here")
    year, portal = postgresql.new_database(), postgresql.new_database()
    publish(make_store(year), tmp_path, 2)
    office = Office(open_store(year), make_portal(portal), BEFORE_DUE, own=portal, keys=tmp_path / "sheets.keys")
    town = filled(settled(office), Random(28))
    dumps = [subprocess.run([program, one], capture_output=True, check=True).stdout for one in (portal, year)]
    assert b"sheet_section" in dumps[0]
    assert town.words
    for dump in dumps:
        assert not PLANTED.search(dump.decode("latin-1"))
        assert WORD.encode().hex() not in dump.decode("latin-1"), "as PostgreSQL writes bytes"


# -- what the test sees


@contextmanager
def everybody_may_read() -> Iterator[None]:
    with mock.patch.object(Section, "is_readable_by", lambda *_: True):
        yield


@contextmanager
def own_is_everybodys() -> Iterator[None]:
    with mock.patch.object(sheets, "own_rows", lambda db, writer: rows.of_operation(db, writer.sheet.operation)):
        yield


@contextmanager
def anothers_is_filled_in() -> Iterator[None]:
    real = rows.last_given
    with mock.patch.object(rows, "last_given", lambda db, _, *more: real(db, "agency-a1", *more)):
        yield


@contextmanager
def all_is_filled_in() -> Iterator[None]:
    """What is known of another object too."""
    with mock.patch.object(Section, "recurring", property(lambda self: dict(self.values))):
        yield


def in_typst(line: str) -> Callable[[], AbstractContextManager[object]]:
    """The PDF says another's word in that way."""

    @contextmanager
    def planted() -> Iterator[None]:
        with TemporaryDirectory() as folder:
            source = Path(sheet_pdf.__file__).with_name("sheet.typ").read_text() + line.replace("WORD", FOREIGN)
            (Path(folder) / "sheet.typ").write_text(source)
            code = f"import arshjul.year.render.sheet_pdf as m; m.__file__ = '{folder}/sheet_pdf.py'; m.main()"
            with mock.patch.object(pdf, "python", lambda *_: python("-c", code)):
                yield

    return planted


FOREIGN = "kanarie9999999"
"""A word that nobody may read."""

READER_FAULTS: list[tuple[str, Callable[[], AbstractContextManager[object]]]] = [
    ("json", everybody_may_read),
    ("words of page and PDF", everybody_may_read),
    ("page", everybody_may_read),
    (OTHER, own_is_everybodys),
    (OTHER, anothers_is_filled_in),
    (OTHER, all_is_filled_in),
    ("PDF's text", everybody_may_read),
    ("PDF's text", in_typst("#par[WORD]")),
    ("PDF's inside", in_typst('#set document(keywords: "WORD")')),
    ("PDF's inside", in_typst('#set document(description: "WORD")')),
    ("PDF's inside", in_typst("#heading(outlined: false, bookmarked: true)[WORD]")),
    ("PDF's inside", in_typst('#pdf.attach("a.txt", bytes("WORD"), description: "WORD", mime-type: "text/plain")')),
    ("PDF's inside", in_typst('#figure(rect(), alt: "WORD")')),
]


@pytest.mark.slow
@pytest.mark.parametrize(("way", "fault"), READER_FAULTS, ids=range(len(READER_FAULTS)))
def test_a_fault_in_what_a_reader_sees_is_seen(
    town: SheetTown, way: str, fault: Callable[[], AbstractContextManager[object]]
) -> None:
    with fault():
        assert any(
            FOREIGN in text or read_too_much(town, party, operation, text, way)
            for operation in FEW
            for party in town.parties
            for text in [READER_WAYS[way](town, party, operation)]
        )


def unsealed(town: SheetTown, _: pytest.MonkeyPatch) -> None:
    """A section is kept as it is, too."""
    encrypted, writer = SheetKeys.encrypted, town.writer("agency-a1", FEW[0])
    assert writer is not None
    with mock.patch.object(SheetKeys, "encrypted", lambda *given, **more: encrypted(*given, **more) + given[2]):
        town.write(writer, "B", Random(28), [], BEFORE_DUE)


def in_a_function(town: SheetTown, _: pytest.MonkeyPatch) -> None:
    """What is written comes by the names of a contact and of who invites it into what is logged, copied and shown."""
    invite(town.office.store, [Invitation("a0", WORD, ["report"])], WORD, town.office.now)


def in_a_title(town: SheetTown, _: pytest.MonkeyPatch) -> None:
    """Or by the year that is planned."""
    with town.office.store.writing() as db:
        draft = opened_draft(db)
        operations = {id: replace(one, title=WORD) for id, one in draft.scenario.operations.items()}
        keep(db, draft, replace(draft, scenario=replace(draft.scenario, operations=operations)))


def in_a_mail(town: SheetTown, _: pytest.MonkeyPatch) -> None:
    with town.office.store.writing() as db:
        outbox.add(db, LEAD, "a@example.se", PartyMail("x", WORD), "test", town.office.now)


def in_a_view(town: SheetTown, _: pytest.MonkeyPatch) -> None:
    with town.office.portal.writing() as db:
        views.put(db, {LEAD: ("0" * 64, WORD)})


def in_an_answer(_: SheetTown, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(PortalServer, "_our_fault", lambda _, error, __: Response(str(error), 500))


def in_the_journal(_: SheetTown, patch: pytest.MonkeyPatch) -> None:
    patch.setattr("arshjul.system.uncaught._places", lambda _: (WORD,))


OTHER_FAULTS: list[tuple[str, Callable[[SheetTown, pytest.MonkeyPatch], None]]] = [
    ("portal's file and write-ahead log", unsealed),
    ("portal's dump", unsealed),
    ("year's file and write-ahead log", in_a_function),
    ("backup", in_a_function),
    ("log", in_a_function),
    ("exports", in_a_title),
    ("mails", in_a_mail),
    ("what is carried out", in_a_view),
    ("console", in_a_function),
    ("errors", in_an_answer),
    ("journal", in_the_journal),
]


@pytest.mark.slow
@pytest.mark.parametrize(("way", "fault"), OTHER_FAULTS, ids=[way for way, _ in OTHER_FAULTS])
def test_a_fault_in_what_others_see_is_seen(
    held: tuple[bytes, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    fault: Callable[[SheetTown, pytest.MonkeyPatch], None],
) -> None:
    town = town_in(*held, tmp_path)
    for operation in FEW:
        town.fill(operation, Random(28))
    fault(town, monkeypatch)
    assert PLANTED.search(OTHER_WAYS[way](town).decode("latin-1"))


def test_each_way_has_a_fault() -> None:
    assert {way for way, _ in READER_FAULTS} == set(READER_WAYS)
    assert {way for way, _ in OTHER_FAULTS} == set(OTHER_WAYS)
