"""Whatever people type, a PDF is made: what no font has is U+FFFD in it, and that is said when it is typed."""

import subprocess
from functools import cache

import pytest

from arshjul.year.folder.pdf import pdf_of
from arshjul.year.formats.glyphs import printable, unprintable
from tests.portal.conftest import Office

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


def content(text: str) -> dict[str, object]:
    section = {"title": text, "lines": [text], "rows": [[text, text]]}
    frame = {"title": "Underlag", "language": "sv", "copy": text, "mark": "M", "header": ["F", "S"]}
    return {**frame, "lines": [text], "sections": [section]}


def said(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True)
    return done.stdout.decode()


def test_what_people_write_is_printed() -> None:
    assert {name: wrong for name, text in TYPED.items() if (wrong := unprintable(text))} == {}
    assert "\ufffd" not in said(pdf_of({**content(TYPED["apart"]), "lines": list(TYPED.values())}))


def test_what_no_font_has_keeps_nobody_from_a_pdf() -> None:
    no_font = ["\U00013000", "\ue000", "\uffff", "\x00", "\ud800", "\u0378", "\U0010ffff", "ꀀ"]
    texts = [*no_font, "a\u0651", "😀\u0e48", "\u20e3"]
    made = said(pdf_of({**content("."), "lines": [f"Före {text} efter" for text in texts]}))
    assert (made.count("Före"), made.count("efter")) == (len(texts), len(texts))


def test_what_no_font_has_is_one_sign_and_the_words_beside_it_stay() -> None:
    made = said(pdf_of(content("Kallas \U00013000 här")))
    assert "Kallas \ufffd här" in made
    assert unprintable("Kallas \U00013000 här, \U00013000 och ꀀ") == ["\U00013000", "ꀀ"]


def test_a_mark_that_no_font_has_with_its_letter_leaves_all_letters() -> None:
    words = content("Gästgivaregården, 餐厅 and café")
    words["lines"] = ["ก\u0651" * 900]
    made = said(pdf_of(words))
    assert "Gästgivaregården, 餐厅 and café" in made
    assert "ก\ufffd" in made


def test_what_changes_the_direction_of_text_is_not_printed() -> None:
    assert printable(["\u202egnp", {"x": "a\u2066b\u2069\u200f"}, 1]) == ["gnp", {"x": "ab"}, 1]
    assert "gnp" in said(pdf_of(content("\u202egnp")))


@cache
def every() -> list[str]:
    """Of a million characters, some seconds: who only gathers the tests does not need them."""
    return [one for n in range(0x20, 0x110000) if not unprintable(one := chr(n)) and one != "\ufffd"]


@pytest.mark.slow
def test_it_is_most_of_what_unicode_has_for_living_languages() -> None:
    assert 50_000 < len(every()) <= PAGES * PAGEFUL


def are_printed(characters: list[str]) -> bool:
    """Each in a line of its own: none joins the one before."""
    return "\ufffd" not in said(pdf_of({**content("."), "lines": characters}))


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
