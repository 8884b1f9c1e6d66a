"""What a nomination says, in words: read by its party and by the coordinator."""

from collections.abc import Iterator, Mapping

from arshjul.serving.fields import declared, prompt
from arshjul.texts import Words

Names = Mapping[str, Mapping[str, str]]
"""The names of what a key refers to, by the key and the id."""


def nomination_lines(shape: str, body: Mapping[str, object], names: Names, words: Words) -> Iterator[tuple[str, str]]:
    """The label and the value of each field of a nomination of that declared shape, in the order of the declaration.

    What is unknown stays as it was sent.
    """
    order = [path.partition(".")[0] for path in declared(shape)]
    for key, value in sorted(body.items(), key=lambda item: order.index(item[0])):
        if isinstance(value, Mapping):
            for part, one in value.items():
                yield words.say(prompt(f"{shape}.{key}.{part}")), str(one)
            continue
        known = names.get(key, {})
        ids = value if isinstance(value, list) else [value]
        yield words.say(prompt(f"{shape}.{key}")), ", ".join(known.get(str(id), str(id)) for id in ids)
