"""What a party says of an operation, in words: read by that party and by the coordinator."""

from collections.abc import Collection, Iterator, Mapping

from arshjul.domain.information_sheet.declared import SECTIONS
from arshjul.serving.fields import declared, prompt
from arshjul.texts import Words

LIST, WORST = "evaluations", "worst_section"
BESIDE = ("reported", "operation", "party", "revision")
"""The keys that say whose it is, and of what."""


def section_choices(words: Words, letters: Collection[str] | None = None) -> list[tuple[str, str]]:
    """The sections of an information sheet by letter, each with its title; all, or those of these letters."""
    titles = {id: words.say(one.title) for id, one in SECTIONS.items() if len(id) == 1}
    return [(id, f"{id} {title}") for id, title in titles.items() if letters is None or id in letters]


def evaluation_lines(body: Mapping[str, object], asks: Mapping[str, str], words: Words) -> Iterator[tuple[str, str]]:
    """The label and the value of each answer, in the order of the questions. `asks`: the measures, by id."""
    for name, key in declared(LIST).items():
        value = body.get(name)
        if name in BESIDE or value is None:
            continue
        if isinstance(value, Mapping):
            yield from (
                (asks.get(id, id), words("it helped") if one else words("it did not help")) for id, one in value.items()
            )
        else:
            both = None if key.worded is None else key.worded.words.get(str(value))
            said = str(value) if both is None else both[words.language == "en"]
            said = dict(section_choices(words)).get(said, said) if name == WORST else said
            yield words.say(prompt(f"{LIST}.{name}")), words("{n} of 5", n=value) if key.ends else said
