"""References and duplicates of ids; the form of an id is checked by the schema.

The fields declare which place refers to what. The tree is read and not the models, so that a reference is judged even
if something else in the same operation is wrong.
"""

from collections.abc import Iterable, Iterator, Mapping

from arshjul.errors import Message
from arshjul.year.domain.declaration import same_id
from arshjul.year.domain.settings import MEETING_GROUPS
from arshjul.year.formats.schema.fields import references
from arshjul.year.formats.schema.scenario import WrittenScenario
from arshjul.year.formats.tree import Document, Loc, Node
from arshjul.year.formats.words import meant, nearest, quoted

REFERENCES = tuple(references(WrittenScenario))
_MOST_GUESSES = 100  # the intended id is looked for among all ids, which takes some milliseconds each
_MOST_LISTED = 12
_ALIKE = 5  # letters by which a word is known again
_BAD_ID = "bad-id"
MEETINGS = "cycle.meetings"
_WITHIN = {"parties": "agencies", "invited": "agencies", MEETINGS: "cycle"}
"""The section of the scenario that must be there before others can name what is in it, where it is another."""

_LISTS = ("shifts", "areas", "police", "agencies", "operations")


def judge_references(document: Document) -> None:
    """Notes duplicate ids in a list, and references to ids that do not exist."""
    known = {section: ids(document, section) for section in _LISTS}
    named = {section: _named(document, section) for section in _LISTS}
    known["parties"] = {**known["agencies"], **known["police"]}
    named["parties"] = {**named["police"], **named["agencies"]}
    known["invited"] = {**known["parties"], **dict.fromkeys(MEETING_GROUPS, ())}
    known[MEETINGS], named[MEETINGS] = ids(document, MEETINGS), _named(document, MEETINGS)
    for pattern, section in REFERENCES:
        if _WITHIN.get(section, section) in document.tree.parts:
            said = "parties" if section == "invited" else section
            judge_references_at(document, pattern, known[section], said, named[said])
        else:  # the missing section is reported once
            document.suppress_problems(_BAD_ID, {loc for loc, _ in ids_at(document.tree, pattern)})
    for section in _LISTS:
        note_twice(document, ids_at(document.tree, f"{section}[].id"))
    for pattern in ("targets[].id", "calls[].id", "objects[].id", "cycle.milestones[].id", "cycle.meetings[].id"):
        note_twice(document, ids_at(document.tree, pattern))


def judge_parties(document: Document) -> None:
    """Notes units with an agency's id, and parties with a group's: the id alone must identify who is told."""
    agencies = ids(document, "agencies")
    for loc, id in ids_at(document.tree, "police[].id"):
        if id in agencies:
            text = Message("{given} is an agency's id: choose another for the unit.", {"given": quoted(id)})
            document.add(_BAD_ID, loc, text)
    invited = {word for _, word in ids_at(document.tree, "cycle.meetings[].parties[]")}
    for section in ("agencies", "police"):
        for loc, id in ids_at(document.tree, f"{section}[].id"):
            if id in invited.intersection(MEETING_GROUPS):
                text = Message("{given} means a group at meetings: choose another id.", {"given": quoted(id)})
                document.add(_BAD_ID, loc, text)


def judge_references_at(
    document: Document, pattern: str, known: Mapping[str, object], section: str, named: Mapping[str, str]
) -> None:
    """Notes unknown ids at those places. `named` maps names that people know, in lower case, to ids.

    What explains them all, an empty section or a name that several bear, is noted once in their place.
    """
    strange = [(loc, id) for loc, id in ids_at(document.tree, pattern) if id not in known]
    node = document.tree.parts.get(section)
    if strange and node is not None and node.value == []:
        document.suppress_problems(_BAD_ID, {loc for loc, _ in strange})
        document.nothing_in(section)
        return
    shared = {loc for loc, id in strange if document.is_shared(section, id)}
    document.suppress_problems(_BAD_ID, shared)
    for number, (loc, id) in enumerate(strange):
        if loc not in shared:
            text = no_such(document, id, section, known, named, guessing=number < _MOST_GUESSES)
            document.better(_BAD_ID, "unknown-id", loc, text)


def no_such(
    document: Document,
    id: str,
    section: str,
    known: Mapping[str, object],
    named: Mapping[str, str],
    *,
    guessing: bool = True,
) -> Message:
    """The message that a word is no id of the section, with the one that was probably meant, or the first of them."""
    what = document.no_such(quoted(id), section)
    if section == "agencies" and id in ids(document, "police"):
        what = Message("{given} is a police unit, not an agency", {"given": quoted(id)})
    words = document.words_for(section, known)
    near = named.get(id.casefold()) or same_id(id, known)
    said = words.get(near, near) if near is not None else None
    if said is None and guessing:
        said = _begins_alike(id, words.values()) or nearest(id, words.values()) or words.get(nearest(id, words) or "")
    if said is None and known and (guessing or len(known) <= _MOST_LISTED):
        listed = ", ".join([*words.values()][:_MOST_LISTED]) + (" …" if len(known) > _MOST_LISTED else "")
        return Message("{what}: choose among {known}.", {"what": what, "known": listed})
    return meant(what, said)


def _begins_alike(given: str, words: Iterable[str]) -> str | None:
    """The only word that begins as most of the given one does: Lokalpolisområde Kalmar, for Lokalpolisen."""
    begins = given.casefold()[: max(_ALIKE, 2 * len(given) // 3)]
    alike = [word for word in words if len(given) >= _ALIKE and word.casefold().startswith(begins)]
    return alike[0] if len(alike) == 1 else None


def _named(document: Document, section: str) -> Mapping[str, str]:
    """The ids of a list by name, since people know names."""
    words = {
        loc[:-1]: id.casefold() for key in ("title", "name") for loc, id in ids_at(document.tree, f"{section}[].{key}")
    }
    return {words[loc[:-1]]: id for loc, id in ids_at(document.tree, f"{section}[].id") if loc[:-1] in words}


def ids(document: Document, section: str) -> Mapping[str, Loc]:
    """The ids of a list, each with its first place."""
    found: dict[str, Loc] = {}
    for loc, id in ids_at(document.tree, f"{section}[].id"):
        found.setdefault(id, loc)
    return found


def note_twice(document: Document, found: Iterator[tuple[Loc, str]]) -> None:
    first: dict[str, Loc] = {}
    for loc, id in found:
        if id not in first:
            first[id] = loc
            continue
        line = document.tree.line_of(first[id])
        text = Message("The id {given} is taken: choose another.", {"given": quoted(id)})
        if line is not None:
            values = {"given": quoted(id), "line": line}
            text = Message("The id {given} is taken, on line {line}: choose another.", values)
        place = document.tree.place_of(first[id])
        if place is not None:
            values = {"given": quoted(id), "cell": place.cell}
            text = Message("The id {given} is taken, in cell {cell}: choose another.", values)
        document.add("bad-id", loc, text)


def ids_at(tree: Node, pattern: str) -> Iterator[tuple[Loc, str]]:
    """The words at the places of a pattern, with their places; other values are skipped."""
    steps = pattern.replace("[]", ".[]").replace("{}", ".{}").split(".")
    yield from _ids_at(tree, steps, ())


def _ids_at(node: Node, steps: list[str], loc: Loc) -> Iterator[tuple[Loc, str]]:
    if not steps:
        if isinstance(node.value, str):
            yield loc, node.value
        return
    step, rest = steps[0], steps[1:]
    if step == "[]":
        if isinstance(node.value, list):
            for position, part in node.parts.items():
                yield from _ids_at(part, rest, (*loc, position))
    elif step == "{}":
        for key, part in node.parts.items():
            if isinstance(key, str):
                yield from _ids_at(part, rest, (*loc, key)) if rest else [((*loc, key), key)]
    elif step in node.parts:
        yield from _ids_at(node.parts[step], rest, (*loc, step))
