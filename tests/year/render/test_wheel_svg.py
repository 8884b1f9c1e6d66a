from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.render.wheel.svg import Svg, clean, element, fitted, joined, number, width, wrapped

HOSTILE = "</text></svg><script>alert(1)</script>\" onload='alert(1)' ]]> &amp; \x00\x0b\u202e"


@given(st.text())
def test_text_comes_out_of_a_parser_as_it_went_in(text: str) -> None:
    parsed = ElementTree.fromstring(element("text", text, aria_label=text))
    read = text.replace("\r\n", "\n").replace("\r", "\n")  # XML 1.0, 2.11
    assert (parsed.text or "").replace("\r", "\n") == clean(read)
    assert parsed.get("aria-label", "").split() == clean(text).split()
    assert list(parsed) == []


def test_hostile_text_is_text() -> None:
    parsed = ElementTree.fromstring(element("g", element("text", HOSTILE), class_=HOSTILE))
    assert [child.tag for child in parsed] == ["text"]
    assert list(parsed.attrib) == ["class"]


@pytest.mark.parametrize("char", ["\x00", "\x0b", "\x7f", "\x85", "\u2028", "\u202e", "\ufffe", "\ud800"])
def test_characters_that_nobody_may_use_are_dropped(char: str) -> None:
    assert clean(f"a{char}b") == "ab"


def test_markup_made_here_is_not_escaped_again() -> None:
    assert joined([element("g"), "<g/>"]) == Svg("<g/>&lt;g/&gt;")


@pytest.mark.parametrize(("value", "written"), [(1.0, "1"), (-0.04, "0"), (2.26, "2.3"), (7, "7"), (1e6, "1000000")])
def test_numbers_are_short_and_plain(value: float, written: str) -> None:
    assert number(value) == written


@given(st.text(alphabet="abcåWi ", max_size=60), st.floats(30, 400))
def test_a_fitted_text_fits(text: str, room: float) -> None:
    shown = fitted(text, 12, room)
    assert width(shown, 12) <= room
    assert shown == text or shown.endswith("…")


@given(st.lists(st.text(alphabet="abcåWi", min_size=1, max_size=9), max_size=20), st.floats(120, 400))
def test_wrapped_lines_fit_and_lose_no_word(words: list[str], room: float) -> None:
    lines = wrapped(" ".join(words), 12, room)
    assert all(width(line, 12) <= room for line in lines)
    assert " ".join(lines).split() == words
