"""What parties send, as the portal and the console have it alike: in words, and the fields of its forms."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from arshjul.domain.entries.picture import TREND_WORDS, SituationPicture, Theme
from arshjul.domain.information_sheet.declared import SECTIONS
from arshjul.formats.schema.declared import shape
from arshjul.serving.fields import Kinds, Part, Rows, declared, kinds_of, prompt
from arshjul.texts import Words

EVALUATIONS, WORST = "evaluations", "worst_section"
NOT_SAID = ("reported", "operation", "party", "revision")  # the keys of an evaluation that say whose it is, and of what


def section_choices(words: Words, letters: Collection[str] | None = None) -> list[tuple[str, str]]:
    """The sections of an information sheet by letter, each with its title; all, or those of these letters."""
    titles = {id: words.say(one.title) for id, one in SECTIONS.items() if len(id) == 1}
    return [(id, f"{id} {title}") for id, title in titles.items() if letters is None or id in letters]


def evaluation_lines(body: Mapping[str, object], asks: Mapping[str, str], words: Words) -> Iterator[tuple[str, str]]:
    """The label and the value of each answer, in the order of the questions. `asks`: the measures, by id."""
    for name, key in declared(EVALUATIONS).items():
        value = body.get(name)
        if name in NOT_SAID or value is None:
            continue
        if isinstance(value, Mapping):
            yield from (
                (asks.get(id, id), words("it helped") if one else words("it did not help")) for id, one in value.items()
            )
        else:
            both = None if key.worded is None else key.worded.words.get(str(value))
            said = str(value) if both is None else both[words.language == "en"]
            said = dict(section_choices(words)).get(said, said) if name == WORST else said
            yield words.say(prompt(f"{EVALUATIONS}.{name}")), words("{n} of 5", n=value) if key.ends else said


Names = Mapping[str, Mapping[str, str]]  # the names of what a key refers to, by the key and the id


def nomination_lines(name: str, body: Mapping[str, object], names: Names, words: Words) -> Iterator[tuple[str, str]]:
    """The label and the value of each field, in the order of its declaration; what is unknown stays as it was sent."""
    order = [path.partition(".")[0] for path in declared(name)]
    for key, value in sorted(body.items(), key=lambda item: order.index(item[0])):
        if isinstance(value, Mapping):
            for part, one in value.items():
                yield words.say(prompt(f"{name}.{key}.{part}")), str(one)
            continue
        known = names.get(key, {})
        ids = value if isinstance(value, list) else [value]
        yield words.say(prompt(f"{name}.{key}")), ", ".join(known.get(str(id), str(id)) for id in ids)


def entry_lines(
    list_: str, body: Mapping[str, object], names: Mapping[str, str], words: Words
) -> Iterator[tuple[str, str]]:
    """The label and the value of each key, in the order of its declaration. `names`: of what ids stand for."""
    keys = declared(list_)
    for name, value in _in_order(body, list(keys)):
        key, parts = keys[name], [str(one) for one in (value if isinstance(value, list) else [value])]
        said = [words.say(key.spoken[one]) if one in key.spoken else names.get(one, one) for one in parts]
        yield (
            words.say(prompt(f"{list_}.{name}")).partition(" (")[0],
            words("yes") if value is True else "; ".join(said),
        )


def _in_order(value: object, keys: Sequence[str], path: str = "") -> Iterator[tuple[str, object]]:
    """The values in an entry with the paths of their keys, in the order of these; mappings in a list one by one."""
    if isinstance(value, Mapping):
        named = [(f"{path}.{key}".removeprefix("."), part) for key, part in value.items()]
        for name, part in sorted((one for one in named if one[0] in keys), key=lambda one: keys.index(one[0])):
            yield from _in_order(part, keys, name)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for part in value:
            yield from _in_order(part, keys, path)
    else:
        yield path, value


Choices = Sequence[tuple[str, str]]
PICTURE_FIELDS: Kinds = kinds_of(
    shape(SituationPicture), "id", "reported", themes=Rows(Part(kinds_of(shape(Theme), "decision", "reason")))
)


def picture_choices(areas: Choices, sectors: Choices, words: Words) -> Mapping[str, Choices]:
    """The choices by field."""
    return {
        "area": areas,
        "sector": sectors,
        "level": [(str(one), str(one)) for one in (1, 2, 3)],
        "trend": [(id, words.say(said)) for id, said in TREND_WORDS.items()],
    }
