"""Words that a coordinator stumbled over stay out of the Swedish texts."""

import pytest

from arshjul.year.texts import Words
from tests.builders import swedish

STUMBLED_OVER = (
    "drabba", "frivillig myndighet", "frivilliga myndigheter", "närmast till hands", "polispass, av", "kostar året",
    "kostar ingenting i sig", "lägst antal först", "0 dagars varsel",
    # docs/concepts.md has one word for each thing: avbokning, oplacerad, låst, titel.
    "återtagna poliser", "poliserna dras tillbaka", "bli utan plats", "någon utan plats", "stå över", "fast placering",
    "fasta placering", "fäst vid", "insats rubrik", "gjort placeringen fast", "tas ofta tillbaka", "annan rubrik",
    "fästs",
)  # fmt: skip


@pytest.mark.parametrize("words", STUMBLED_OVER)
def test_no_text_holds_words_that_were_not_understood(words: str) -> None:
    texts = swedish().catalogue._catalog.values()  # type: ignore[attr-defined]
    assert [text for text in texts if words in str(text).casefold()] == []


def test_thousands_stand_apart() -> None:
    assert [Words(language).number(1432) for language in ("sv", "en")] == ["1\N{NO-BREAK SPACE}432", "1,432"]
