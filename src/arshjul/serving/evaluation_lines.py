"""What a party says of an operation, in words: read by that party and by the coordinator."""

from collections.abc import Iterator, Mapping

from arshjul.serving.fields import declared, prompt
from arshjul.texts import Words

LIST = "evaluations"
BESIDE = ("reported", "operation", "party", "revision")
"""The keys that say whose it is, and of what."""


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
            yield words.say(prompt(f"{LIST}.{name}")), words("{n} of 5", n=value) if key.ends else said
