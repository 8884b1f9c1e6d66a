"""The Swedish catalogue: whole, compiled, and with the same values in every sentence."""

import string
from gettext import GNUTranslations
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from arshjul.errors import Message
from arshjul.files.catalogues import words
from tests.texts.templates import SOURCE, templates, unwritten

PO = SOURCE / "texts" / "locale" / "sv" / "LC_MESSAGES" / "arshjul.po"
# Where a message is made of one that is written out elsewhere.
PASSED_ON = {"files/validation.py: text.template", "texts/__init__.py: one", "texts/__init__.py: template"}


@pytest.fixture(scope="module")
def swedish() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="sv")


def fields(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_text_of_the_source_is_put_into_swedish() -> None:
    catalogue = words("sv").catalogue
    assert isinstance(catalogue, GNUTranslations)
    known = sentences(catalogue)
    missing = [f"{t.place} {t.text}" for t in templates() if (t.text if t.plural is None else (t.text, 0)) not in known]
    assert not missing


def test_every_text_of_the_pages_is_put_into_swedish(swedish: Catalog) -> None:
    folder = SOURCE / "render" / "templates"
    said = extract_from_dir(folder, [("**.html", "jinja2")])
    texts = {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in said}
    assert texts
    assert not [text for text in texts if not (found := swedish.get(text)) or not found.string]


def test_messages_are_written_out_where_they_are_said() -> None:
    assert set(unwritten()) <= PASSED_ON


def test_no_translation_is_missing_or_a_guess(swedish: Catalog) -> None:
    for message in swedish:
        if message.id:
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            assert all(strings), message.id
            assert not message.fuzzy, message.id


def test_a_translation_has_the_values_of_its_template(swedish: Catalog) -> None:
    for message in swedish:
        if message.id:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            wanted = set().union(*(fields(text) for text in ids))
            for text in strings:
                assert fields(text) <= wanted, message.id
            assert fields(strings[-1]) == wanted, message.id


def test_the_compiled_catalogue_is_the_written_one(swedish: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, swedish)
    compiled.seek(0)
    with PO.with_suffix(".mo").open("rb") as file:
        assert sentences(GNUTranslations(file)) == sentences(GNUTranslations(compiled)), "run `make texts`"


def sentences(catalogue: GNUTranslations) -> dict[object, str]:
    """All of a catalogue but its head, which tells when it was made."""
    known: dict[object, str] = catalogue._catalog  # type: ignore[attr-defined]
    return {text: said for text, said in known.items() if text}


def test_words_say_a_message_in_their_language() -> None:
    message = Message("{first} and {last}", {"first": "a", "last": "b"})
    assert words("sv").say(message) == "a och b"
    assert words("en").say(message) == "a and b"


def test_an_unknown_language_has_no_words() -> None:
    with pytest.raises(FileNotFoundError):
        words("fi")
