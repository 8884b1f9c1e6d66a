"""The PDF of a reader's sheet: quick, small, the same twice, tagged for those who do not see, silent about the rest.

What it must be is in ../shared/parties.md, section 14. PDF/UA-1 is checked by Typst as it makes it; veraPDF is untried.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pikepdf
import pytest

from arshjul.errors import NoAnswer
from arshjul.portal.actions.sheet_copy import copy_in_words
from arshjul.system.processes import python
from arshjul.year.domain.information_sheet.declared import MOST_CHARACTERS, SECTIONS, WHY_NOT, SheetField
from arshjul.year.domain.information_sheet.sections import Grounds, Section, Value, sheet_of
from arshjul.year.domain.party_view import PartyView, ViewCard, ViewCards, ViewLearnt, ViewSheet, ViewWord
from arshjul.year.folder.pdf import ONE_THREAD, pdf_of
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.glyphs import printable, unprintable
from arshjul.year.formats.information_sheet.grounds import read_grounds
from arshjul.year.formats.information_sheet.printed import blank_pages, printed
from tests.acceptance.command import arshjul, done
from tests.builders import swedish
from tests.examples import each
from tests.portal.conftest import GROUNDS, Office
from tests.portal.sheet_example import FILE, example

resource = pytest.importorskip("resource", reason="Windows has no limits")

PARTIES = [*(f"agency-a{n}" for n in range(6)), "police-p0"]
CARD = ViewCard(
    "a0",
    "Miljöförvaltningen",
    2,
    {"may": "Tillsyn av kök", "phone": "Inspektör i beredskap"},
    ("bar",),
    date(2027, 6, 30),
)
MOST_SECONDS = 0.5
"""Of the processor, with its process: what waiting costs besides is the machine's."""

INFO = {"/Title", "/Creator"}
XMP = {
    "dc:title", "dc:language", "dc:format",
    "xmp:CreatorTool", "xmpTPg:NPages", "xmpMM:InstanceID", "xmpMM:DocumentID", "xmpMM:RenditionClass",
    "pdf:PDFVersion", "pdfuaid:part",
}  # fmt: skip
ROOT = {
    "/Type", "/Pages", "/StructTreeRoot", "/Outlines", "/Lang", "/MarkInfo", "/Metadata", "/ViewerPreferences",
}  # fmt: skip


def answer(field: SheetField, text: str) -> Value:
    """What a field says; `text`: where it takes a text."""
    if field.kind == "number":
        return 45
    if field.kind == "several":
        return tuple(field.choices)
    return next(iter(field.choices)) if field.kind == "choice" else text


def full_sheet(text: str) -> dict[str, object]:
    """A usual sheet, A to F of seven parties, and addenda of three of them, in words: 33 sections."""
    made, usual = [], {id: one for id, one in SECTIONS.items() if not one.is_more}
    for owner in PARTIES:
        for id, declared in usual.items():
            by = {"lead": owner == PARTIES[0], "risk": owner == "police-p0", "each": True}
            values = {field.key: answer(field, text) for field in declared.fields}
            one = Section("OP-1", owner, id, 1, "given", values, to=tuple(PARTIES), protects="18:1", weighed="x")
            made += [one] if by[declared.by] else []
            if declared.by == "each" and owner in PARTIES[:3]:
                made.append(Section("OP-1", owner, id, 2, "addendum", values, to=tuple(PARTIES)))
    sheet = sheet_of("OP-1", PARTIES[1], PARTIES, made)
    assert len(sheet.sections) >= 28
    return printed(sheet, {}, read_grounds(GROUNDS), swedish(), measures=[text], cards=[CARD])


@pytest.fixture(scope="module")
def content() -> dict[str, object]:
    return full_sheet("Vi kontrollerar personalliggare, tillstånd och brandskydd, och säkrar kassarapporter.")


@pytest.fixture(scope="module")
def made(content: dict[str, object]) -> bytes:
    return pdf_of(content)


def test_a_full_sheet_takes_half_a_second_with_its_process_and_its_longest_answers_fit_in_256_mb(
    content: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    """What takes more memory, or is no sheet, is refused, and nothing of it is told."""

    def used() -> float:
        there = resource.getrusage(resource.RUSAGE_CHILDREN)
        return float(there.ru_utime + there.ru_stime)

    before = used()
    pdf_of(content)
    assert used() - before < MOST_SECONDS
    assert pdf_of(full_sheet("Åtgärd och skydd. " * (MOST_CHARACTERS // 18))).startswith(b"%PDF-")
    for wrong in ({**content, "sections": content["sections"] * 100}, {"title": "Kanarietiteln"}):
        with pytest.raises(NoAnswer):
            pdf_of(wrong)
        assert capfd.readouterr() == ("", ""), "neither Typst's words nor Python's"


def test_its_process_imports_typst_and_next_to_nothing_and_can_write_no_file(
    content: dict[str, object], tmp_path: Path
) -> None:
    """Where its output is one, it makes nothing: the system would stop it."""
    source = "import sys, arshjul.year.render.sheet_pdf; print(*sys.modules)"
    there = subprocess.run(python("-c", source), capture_output=True, text=True, check=True).stdout.split()
    own = ("system", "system.processes", "year", "year.render", "year.render.sheet_pdf")
    assert {one for one in there if one.startswith("arshjul")} == {"arshjul", *(f"arshjul.{name}" for name in own)}
    assert not {"logging", "pathlib", "dataclasses", "typst"} & set(there)
    command, given = python("-m", "arshjul.year.render.sheet_pdf"), json.dumps(content).encode()
    with (tmp_path / "o.pdf").open("wb") as opened:
        done = subprocess.run(command, input=given, stdout=opened, stderr=subprocess.PIPE, check=False)
    assert done.returncode
    assert [path.name for path in tmp_path.iterdir()] == ["o.pdf"]
    assert (tmp_path / "o.pdf").read_bytes() == b""


def test_the_same_content_is_the_same_bytes(
    content: dict[str, object], made: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setitem(ONE_THREAD, "RAYON_NUM_THREADS", "4")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert pdf_of(content) == made


def test_it_is_tagged_in_order_and_has_no_metadata_but_title_language_typsts_name_and_ids(
    content: dict[str, Any], made: bytes
) -> None:
    sections = content["sections"]
    with pikepdf.open(BytesIO(made)) as pdf:
        root = pdf.Root
        assert str(root.Lang) == "sv"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        kinds = [str(dictionary.S) for dictionary in _tagged(root.StructTreeRoot)]
        assert kinds.index("/Title") < kinds.index("/H1")
        n_cells = sum(len(section["rows"]) for section in sections)
        wanted = {"/H1": len(sections), "/Table": len(sections), "/TH": 2 * len(sections), "/TD": 2 * n_cells}
        assert {kind: kinds.count(kind) for kind in wanted} == wanted
        with pdf.open_outline() as outline:
            assert [item.title for item in outline.root] == [section["title"] for section in sections]
        assert set(pdf.docinfo.keys()) == INFO
        assert str(pdf.docinfo["/Title"]) == content["title"]
        assert set(root.keys()) == ROOT, "no names tree, embedded file, form, action or label of pages"
        assert not pdf.attachments
        for page in pdf.pages:
            assert not {"/Annots", "/AA", "/PieceInfo", "/LastModified"} & set(page.obj.keys())
        xmp = bytes(root.Metadata).decode()
    told = {word.split(">")[0].split(" ")[0] for word in xmp.split("<") if word[:1].isalpha()}
    assert {one for one in told if not one.startswith(("rdf:", "x:"))} == XMP


def _tagged(node: object) -> Iterator[pikepdf.Dictionary]:
    """The elements of a tree of tags, in their order."""
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from _tagged(one)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from _tagged(node.K)


def test_a_copy_has_what_is_to_become_better_and_the_cards_of_those_who_take_part() -> None:
    sheet, there = sheet_of("OP-1", "agency-a1", PARTIES[:2], []), ViewSheet("OP-1", date(2027, 3, 1))
    seen = PartyView("agency-a1", "A1", "Året", "sv", "Europe/Stockholm", "", 1, None, None, (), ())
    seen = replace(
        seen,
        sheets=(replace(there, readers=(ViewWord("agency-a0", "A0"),)),),
        learnt=ViewLearnt(standing={"OP-1": (ViewWord("F1", "Ring dagen före"),), "OP-2": (ViewWord("F2", "Annat"),)}),
        cards=ViewCards(
            (
                CARD,
                replace(CARD, party="a1", name="Vi", said={"may": "Skatterevision"}, sectors=(), review_by=None),
                replace(CARD, party="a2", name="Kommer inte"),
                replace(CARD, party="p0", name="Kommer inte heller"),
                replace(CARD, party="a0", name="Annan bransch", sectors=("hotell",)),
            ),
            {"OP-1": "bar", "OP-2": "hotell"},
        ),
    )
    made = copy_in_words(sheet, seen, Grounds(), swedish())
    assert made["lines"] == ["Ska bli bättre: Ring dagen före", "A1 har inte fått någon del."]
    assert made["sections"] == [
        {
            "title": "Om oss: Miljöförvaltningen",
            "lines": ["Version 2.", "Ska ses över senast onsdag 30 juni 2027."],
            "rows": [
                ["Får göra", "Tillsyn av kök"],
                ["Funktion att ringa", "Inspektör i beredskap"],
            ],
        },
        {"title": "Om oss: Vi", "lines": ["Version 2."], "rows": [["Får göra", "Skatterevision"]]},
    ]


def test_no_hash_of_a_copy_is_found_by_guessing_what_it_says() -> None:
    """The log has the PDF's hash in the open: each version has a secret of its own, which the copy has a mark of."""
    one = Section("OP-1", PARTIES[0], "E", 1, "given", {"risk": "low"}, to=(PARTIES[1],), salt="00")
    other = replace(one, salt="01")
    first, second = (sheet_of("OP-1", PARTIES[1], PARTIES, [made]) for made in (one, other))
    contents = [printed(sheet, {}, read_grounds(GROUNDS), swedish()) for sheet in (first, second)]
    assert first.mark != second.mark
    assert {**contents[0], "mark": ""} == {**contents[1], "mark": ""}
    assert pdf_of(contents[0]) != pdf_of(contents[1])


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_blank_sheet_has_every_declared_field_with_its_choices(language: str, tmp_path: Path) -> None:
    say, file = words(language), tmp_path / "mall.pdf"
    assert done("sheet", "--blank", "-o", file, "--language", language).out.strip() == str(file)
    shown: Any = blank_pages(say)
    assert file.read_bytes() == pdf_of(shown)
    *sections, giving = shown["sections"]
    assert [section["title"] for section in sections] == [
        f"{id[0]} {say.say(one.title)}" for id, one in SECTIONS.items()
    ]
    why = " ".join(f"☐ {say.say(word)}" for word in WHY_NOT.values())
    for declared, section in zip(SECTIONS.values(), sections, strict=True):
        for field, (asked, answer) in zip(declared.fields, section["rows"], strict=True):
            assert asked["text"] == say.say(field.label) + (" *" if field.is_required else "")
            assert asked["hint"] == ([say.say(field.hint)] if field.hint else [])
            ticked = [" ".join(line.replace("\N{NO-BREAK SPACE}", " ").split()) for line in answer["boxes"]]
            choices = [" ".join(f"☐ {say.say(word)}" for word in field.choices.values())] if field.choices else []
            assert ticked == [*choices, *([why] if field.is_required else [])]
            assert bool(answer["room"]) == (not field.choices), "what is not ticked is written"
    assert len(giving["rows"]) == 5
    with pikepdf.open(file) as pdf:
        kinds = [str(dictionary.S) for dictionary in _tagged(pdf.Root.StructTreeRoot)]
        assert (str(pdf.Root.Lang), set(pdf.docinfo.keys())) == (language, INFO)
        assert kinds.count("/TD") == 2 * sum(len(one["rows"]) for one in shown["sections"])


def test_a_blank_workbook_has_a_row_a_field_and_room_to_answer(tmp_path: Path) -> None:
    file = tmp_path / "mall.XLSX"
    assert json.loads(done("sheet", "--blank", "-o", file, "--json", "--language", "sv").out) == {"file": str(file)}
    heads, *rows = openpyxl.load_workbook(file).active.iter_rows(values_only=True)
    assert heads == ("Del", "Skrivs av", "Fält", "Krävs", "Svara med", "Svar")
    fields = [field for section in SECTIONS.values() for field in section.fields]
    say = swedish()
    assert [row[2] for row in rows[: len(fields)]] == [say.say(field.label) for field in fields]
    assert [row[3] == "ja" for row in rows[: len(fields)]] == [field.is_required for field in fields]
    assert {row[5] for row in rows} == {None}
    decision = next(row for row in rows if row[2] == "Ert eget beslut")
    taken = "behövs inte / behövs, och är fattat / behövs, men är inte fattat än"
    assert decision[4].endswith(f"{taken}\nvet inte / får inte lämnas")


@each(
    [
        (("--blank", "-o", "mall.docx"), 2, "mall.docx"),
        (("--blank", "-o", "mall"), 2, ".xlsx"),
        (("OP-1", "--blank", "--party", "agency-a", "-o", "mall.pdf"), 2, "--party"),
        (("OP-1", "--language", "en", "-o", "mall.pdf"), 2, "--blank"),
        (("--blank", "--language", "de", "-o", "mall.pdf"), 2, "de"),
        (("-o", "mall.pdf"), 2, "--blank"),
        (("--blank", "-o", "there.pdf"), 4, "there.pdf"),
    ],
)
def test_a_blank_sheet_that_cannot_be_written_says_why(given: tuple[tuple[str, ...], int, str], tmp_path: Path) -> None:
    line, code, said = given
    (tmp_path / "there.pdf").write_bytes(b"filled in")
    *options, name = line
    outcome = arshjul("sheet", *options, tmp_path / name)
    assert (outcome.code, said in outcome.err) == (code, True), outcome.err
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("there.pdf", b"filled in")]


def test_the_example_in_docs_is_made_by_this_code_and_marked() -> None:
    assert FILE.read_bytes() == example(), "write it anew: python -m tests.portal.sheet_example"
    assert len(FILE.read_bytes()) < 80_000
    with pikepdf.open(FILE) as pdf:
        assert str(pdf.docinfo["/Title"]) == "Underlag för EXEMPEL"


# -- whatever people type, a PDF is made: what no font has is U+FFFD in it, and that is said when it is typed


pytest.importorskip("typst")

TYPED = {
    "emoji": "Ring 😀 👨‍👩‍👧 🇸🇪 ☎️ ✅ 👍🏽",
    "Chinese": "餐厅检查",
    "Japanese": "レストランの検査",
    "Korean": "식당 점검",
    "Thai": "ร้านอาหาร",
    "Bengali": "রেস্তোরাঁ",
    "Hindi": "रेस्तरां",
    "Tamil": "உணவகம்",
    "Tigrinya": "ቤት መግቢ",
    "Arabic": "مطعم",
    "Persian": "رستوران‌ها",
    "Hebrew": "מִסְעָדָה",
    "Georgian": "რესტორანი",
    "Armenian": "Ռեստորան",
    "Cyrillic": "Рестора́н, їжа",
    "Greek": "Εστιατόριο",
    "Vietnamese": "nhà hàng ở quận",
    "Sámi": "Čáhci, ŋ, đ, ž",
    "signs": "→ ≥ ∑ √ ½ € ♥ ★ § ° µ",
    "apart": "Ga\u030astva\u0308g",
}
"""What people write, in whatever language."""


PAGEFUL = 7_000
"""Of characters: so many fonts fit in the memory that there is."""
PAGES = 9
"""As many as all characters take, and some."""


def page_of(text: str) -> dict[str, object]:
    section = {"title": text, "lines": [text], "rows": [[text, text]]}
    frame = {"title": "Underlag", "language": "sv", "copy": text, "mark": "M", "header": ["F", "S"]}
    return {**frame, "lines": [text], "sections": [section]}


def said(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def test_what_people_write_is_printed_but_for_what_changes_its_direction() -> None:
    assert {name: wrong for name, text in TYPED.items() if (wrong := unprintable(text))} == {}
    typed = said(pdf_of({**page_of(TYPED["apart"]), "lines": ["\u202egnp", *TYPED.values()]}))
    assert "\ufffd" not in typed
    assert "gnp" in typed
    assert printable(["\u202egnp", {"x": "a\u2066b\u2069\u200f"}, 1]) == ["gnp", {"x": "ab"}, 1]


def test_what_no_font_has_keeps_nobody_from_a_pdf_and_is_one_sign_beside_which_all_words_stay() -> None:
    """So is a mark that no font has with its letter."""
    no_font = ["\U00013000", "\ue000", "\uffff", "\x00", "\ud800", "\u0378", "\U0010ffff", "ꀀ"]
    texts = [*no_font, "a\u0651", "😀\u0e48", "\u20e3"]
    lines = ["ก\u0651" * 900, *(f"Före {text} efter" for text in texts)]
    made = said(pdf_of({**page_of("Kallas \U00013000 här, Gästgivaregården, 餐厅 and café"), "lines": lines}))
    assert (made.count("Före"), made.count("efter")) == (len(texts), len(texts))
    assert "Kallas \ufffd här, Gästgivaregården, 餐厅 and café" in made
    assert "ก\ufffd" in made
    assert unprintable("Kallas \U00013000 här, \U00013000 och ꀀ") == ["\U00013000", "ꀀ"]


@cache
def every() -> list[str]:
    """Of a million characters, some seconds: who only gathers the tests does not need them."""
    return [one for n in range(0x20, 0x110000) if not unprintable(one := chr(n)) and one != "\ufffd"]


@pytest.mark.slow
def test_it_is_most_of_what_unicode_has_for_living_languages() -> None:
    assert 50_000 < len(every()) <= PAGES * PAGEFUL


def are_printed(characters: list[str]) -> bool:
    """Each in a line of its own: none joins the one before."""
    return "\ufffd" not in said(pdf_of({**page_of("."), "lines": characters}))


def test_each_hundredth_character_that_is_said_to_print_does() -> None:
    some = [one for n in range(0x20, 0x30000, 100) if not unprintable(one := chr(n)) and one != "\ufffd"]
    assert len(some) > 500
    assert are_printed(some)


@pytest.mark.slow
@pytest.mark.parametrize("page", range(PAGES))
def test_every_character_that_is_said_to_print_does(page: int) -> None:
    assert are_printed(every()[page * PAGEFUL : (page + 1) * PAGEFUL])


def test_a_section_says_when_it_is_typed_what_will_not_print(office: Office) -> None:
    browser = office.browser("a1", "sheet")
    path = "/sheets/OP-000/B"
    fields = {"contact": browser.get(path).field("contact"), "token": browser.get(path).field("token")}
    shown = browser.post(path, {**fields, "purpose": "Kallas \U00013000 här"})
    assert shown.status == 422
    assert "\U00013000" in shown.text
    assert "PDF" in shown.text
    assert browser.post(path, {**fields, "purpose": "Kallas 😀 här"}).status == 303
    fields["seen"] = browser.get(path).field("seen")
    sure = browser.post(path, {**fields, "purpose": "Kallas \U00013000 här", "meant": "yes"})
    assert sure.status == 303
