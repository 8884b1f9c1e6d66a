"""Problems between operations, and between them and the year, when each key is right by itself.

Read from the tree if ids suffice, from the models if dates are needed. Ids that would give two feed events, or
files, one name are compared without regard to case, as many programs and file systems do.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from math import prod

from arshjul.errors import KeyName, Message
from arshjul.year.agenda.channel import MARKS, Uids
from arshjul.year.domain.calendar import WEEKDAY_IDS, Span
from arshjul.year.domain.operation import MOST_DAYS, Operation
from arshjul.year.domain.settings import Every
from arshjul.year.formats.scenario.references import ids, ids_at
from arshjul.year.formats.tree import Document, Loc
from arshjul.year.formats.words import meant, nearest, quoted

_ANY_OF = {"any_of": KeyName("any_of")}

MOST_CHOICES = 1_000
"""The most ways to choose an operation's agencies, each of which is tried at every slot."""


def judge_ties(document: Document) -> None:
    """Notes cycles of `after`, chains of `same_slot_as`, and operations kept apart from themselves."""
    by_loc = {loc[:2]: id for id, loc in ids(document, "operations").items()}
    follows = _ties(document, "operations[].after.operation", by_loc)
    for id in sorted(_circles({id: other for id, (other, _) in follows.items()})):
        values = {"given": quoted(id), "after": KeyName("after.operation")}
        text = Message("{given} comes after itself, through {after}: break the circle.", values)
        document.add("cycle", follows[id][1][:-1], text)
    same = _ties(document, "operations[].same_slot_as", by_loc)
    for id, (other, loc) in same.items():
        if other == id:
            document.add("chain", loc, Message("The operation names itself: name another, or none."))
        elif other in same:
            values = {"other": quoted(other), "third": quoted(same[other][0])}
            text = Message("{other} also names {third}: name it here too.", values)
            document.add("chain", loc, text)
        else:
            _judge_days(document, loc, other)
    for key in ("not_same_day_as", "not_same_week_as"):
        for loc, other in ids_at(document.tree, f"operations[].{key}[]"):
            if by_loc.get(loc[:2]) == other:
                document.add("bad-value", loc, Message("The operation names itself: name another, or none."))


def _judge_days(document: Document, loc: Loc, other: str) -> None:
    """Notes two operations of one slot with different numbers of dates."""
    first = ids(document, "operations").get(other)
    here, there = (days_at(document, id_loc) for id_loc in ((*loc[:-1], "id"), first or loc))
    if first is not None and here != there:
        values = {"here": here, "there": there, "other": quoted(other), "days": KeyName("days")}
        text = Message("The operation runs on {here} dates, {other} on {there}: give both the same {days}.", values)
        document.add("bad-value", loc, text)


def days_at(document: Document, loc: Loc) -> int:
    """The number of dates of the operation whose id is there; invalid values are noted elsewhere."""
    node = document.tree.at((*loc[:-1], "days"))
    return node.value if node is not None and isinstance(node.value, int) and 1 <= node.value <= MOST_DAYS else 1


def _ties(document: Document, pattern: str, by_loc: Mapping[Loc, str]) -> dict[str, tuple[str, Loc]]:
    """The operation that each one names under a pattern, with the place."""
    return {by_loc[loc[:2]]: (other, loc) for loc, other in ids_at(document.tree, pattern) if loc[:2] in by_loc}


def _circles(follows: Mapping[str, str]) -> set[str]:
    """The operations that come after themselves."""
    seen: set[str] = set()
    circles: set[str] = set()
    for start in follows:
        way: list[str] = []
        at = start
        while at in follows and at not in seen:
            seen.add(at)
            way.append(at)
            at = follows[at]
        if at in way:
            circles.update(way[way.index(at) :])
    return circles


_TEXTS = frozenset({"title", "name", "contact", "unit", "ref", "address"})


def warn_of_comments(document: Document) -> None:
    """Warns of free text followed by a comment: `Livs #1 Möllan` is `Livs` to YAML."""
    for loc in document.commented:
        if loc[-1] in _TEXTS or loc[0] == "names":
            text = Message("From # on, the line is a comment: quote the text if it belongs there.")
            document.warnings.append(document.problem("comment", loc, text))


_FRAMES = "operations[].frame.sectors[]"
_PROGRAMMES = "operations[].programme"


def warn_of_words(document: Document) -> None:
    """Warns of sectors and programmes missing among the names, if one is similar or most others are there.

    Where there are no names: of those that a single operation has, if most have several. Often it is a misspelling,
    which would make a sector of its own. A frame's may be any operation's too, and where there are names every other is
    told, since nothing would be bound by it.
    """
    names = _words(document, "names")
    sectors = {id: id for _, id in ids_at(document.tree, "operations[].sector")}
    for pattern in ("operations[].sector", _PROGRAMMES, _FRAMES):
        places: dict[str, list[Loc]] = {}
        for loc, id in ids_at(document.tree, pattern):
            places.setdefault(id, []).append(loc)
        usual, is_frame = {id: id for id, there in places.items() if len(there) > 1}, pattern == _FRAMES
        usual = sectors if is_frame else usual
        section = "programmes" if pattern == _PROGRAMMES else "names"
        words = {**names, **_words(document, section)}
        said = document.words_for(section, words)
        strange = [id for id in places if id not in (words or usual) and not (is_frame and id in sectors)]
        for id in strange:
            near = _nearest_word(id, words, said) or (nearest(id, usual) if len(places[id]) == 1 else None)
            if near is not None or 2 * len(strange) < len(places) or (is_frame and words):
                values = {"given": quoted(id)}
                what = Message("{given} is not among the words for sectors and programmes", values)
                if not words and not is_frame:
                    what = Message("{given} stands at this operation alone", values)
                document.warnings.append(document.problem("unknown-word", places[id][0], meant(what, near)))


def _words(document: Document, section: str) -> dict[str, str]:
    """The ids of the section, each with its name."""
    node = document.tree.at((section,))
    parts = {} if node is None or not isinstance(node.value, dict) else node.value
    words = {id: one.get("name") if isinstance(one, dict) else one for id, one in parts.items()}
    return {id: name for id, name in words.items() if isinstance(id, str) and isinstance(name, str)}


def _nearest_word(given: str, words: Mapping[str, str], said: Mapping[str, str]) -> str | None:
    """The known word that is probably meant, found by similarity to words, their ids and their names."""
    if (word := nearest(given, said.values())) is not None:
        return word
    named = {name: id for id, name in words.items()}
    if (id := nearest(given, words)) is None and (name := nearest(given, named)) is not None:
        id = named[name]
    return None if id is None else said.get(id)


def judge_operation(document: Document, loc: Loc, operation: Operation, year: Span | None) -> None:
    """Notes problems of one operation beyond its single keys."""
    window = operation.window
    if window is not None and year is not None and (window.last < year.first or window.first > year.last):
        document.add("outside-plan", (*loc, "window"), outside(year))
    for agency in operation.optional_agencies:
        if agency in operation.agencies:
            values = {"given": quoted(agency), "agencies": KeyName("agencies")}
            text = Message("{given} is already required, in {agencies}: keep one.", values)
            document.add("bad-value", (*loc, "optional_agencies", agency), text)
    _judge_groups(document, loc, operation)
    _judge_officers(document, loc, operation)
    _judge_repeat(document, loc, operation)


def _judge_groups(document: Document, loc: Loc, operation: Operation) -> None:
    """Notes agencies of a group that also occur elsewhere in the operation, and too many choices."""
    seen = {*operation.agencies, *operation.optional_agencies}
    for number, group in enumerate(operation.any_of):
        for position, agency in enumerate(group.agencies):
            if agency in seen:
                text = Message("{given} already takes part: keep one.", {"given": quoted(agency)})
                document.add("bad-value", (*loc, "any_of", number, "agencies", position), text)
            seen.add(agency)
    n_choices = prod(len(group.agencies) for group in operation.any_of)
    if n_choices > MOST_CHOICES:
        values = {"n": n_choices, "most": MOST_CHOICES}
        text = Message("The groups allow {n} choices, at most {most}: name fewer agencies.", values)
        document.add("too-large", (*loc, "any_of"), text)


def judge_pin(document: Document, loc: Loc, operation: Operation) -> None:
    """Notes problems with the agencies that the operation's pin names; called after references were judged."""
    if operation.fixed is not None and operation.fixed.any_of is not None:
        judge_choice(document, (*loc, "fixed", "any_of"), operation, operation.fixed.any_of)


def judge_choice(document: Document, loc: Loc, operation: Operation, chosen: Sequence[str]) -> None:
    """Notes a choice that is not one agency from each of the operation's groups, in their order."""
    groups = operation.any_of
    if not groups and chosen:
        text = Message("The operation has no agencies to choose from: leave out {any_of}.", _ANY_OF)
        document.add("bad-value", loc, text)
        return
    named = ["/".join(group.agencies) for group in groups]
    text = Message("Name one agency of each group, in order: {groups}.", {"groups": named})
    if len(chosen) != len(groups):
        document.add("bad-value", loc, text)
        return
    for number, (agency, group) in enumerate(zip(chosen, groups, strict=True)):
        if agency not in group.agencies:
            document.add("bad-value", (*loc, number), text)


def _judge_officers(document: Document, loc: Loc, operation: Operation) -> None:
    least = operation.officers_least
    if least is not None and least > operation.officers:
        keys = {"least": KeyName("officers_least"), "officers": KeyName("officers")}
        values = {**keys, "given": least, "most": operation.officers}
        text = Message("{least} is {given}, more than {officers}: give at most {most}.", values)
        document.add("bad-value", (*loc, "officers_least"), text)
    if operation.police_also and not operation.officers:
        values = {"officers": KeyName("officers"), "police_also": KeyName("police_also")}
        text = Message("{police_also} needs {officers} of 1 or more: give it, or leave out {police_also}.", values)
        document.add("bad-value", (*loc, "police_also"), text)
    for key, given in (("must", operation.must), ("fixed", operation.fixed is not None)):
        if operation.reserve and given:
            values = {"key": KeyName(key), "reserve": KeyName("reserve")}
            text = Message("A reserve is never placed by itself: leave out {key} or {reserve}.", values)
            document.add("bad-value", (*loc, "reserve"), text)


def _judge_repeat(document: Document, loc: Loc, operation: Operation) -> None:
    if operation.repeat is None:
        return
    for key, given in (("fixed", operation.fixed), ("same_slot_as", operation.same_slot_as)):
        if given is not None:
            text = Message(
                "A repeat cannot have {key}: leave out one of them.",
                {"key": KeyName(key)},
            )
            document.add("bad-value", (*loc, "repeat"), text)


def outside(year: Span) -> Message:
    """The message that dates lie entirely outside the plan's year."""
    return Message("This lies outside the plan, {first} to {last}.", {"first": str(year.first), "last": str(year.last)})


_UIDS = Uids(host="")  # the plan's name is the same in all of them


def judge_uids(document: Document) -> None:
    """Notes the ids that must be changed."""
    agencies = ids(document, "agencies").items()
    for_units = any(word == "police" for _, word in ids_at(document.tree, "cycle.milestones[].parties[]"))
    for parties, has_milestones in ((ids(document, "police").items(), for_units), (agencies, True)):
        further = [(f"{id}{MARKS['milestones']}", loc) for id, loc in parties] if has_milestones else []
        _claims(document, [*further, *parties])  # feeds/police-ID.ics and the like
    operations = ids(document, "operations")
    plain = [
        (_UIDS.operation(id, date), loc)
        for id, loc in operations.items()
        for date in range(1, days_at(document, loc) + 1)
    ]
    owners = _claims(document, [(_UIDS.note(), None), *_meetings(document), *plain])
    milestones = dict.fromkeys(id for _, id in ids_at(document.tree, "cycle.milestones[].id"))
    made: dict[str, str] = {}
    for operation, loc in operations.items():
        for milestone in milestones:
            uid = _UIDS.milestone(operation, milestone)
            folded = uid.casefold()
            if folded in owners or made.get(folded, operation) != operation:
                values = {"given": _shown(uid), "operation": quoted(operation), "milestone": quoted(milestone)}
                text = Message("{given} is what feeds call {milestone} of {operation}: choose another id.", values)
                document.add("bad-id", owners.get(folded) or loc, text)
            made[folded] = operation


def _claims(document: Document, uids: Iterable[tuple[str, Loc | None]]) -> Mapping[str, Loc | None]:
    """The owner of each UID, in lower case; a second owner is noted."""
    first: dict[str, str] = {}
    owners: dict[str, Loc | None] = {}
    for uid, loc in uids:
        folded = uid.casefold()
        if loc is not None and loc != owners.get(folded, loc):
            values = {"given": _shown(uid), "other": _shown(first[folded])}
            if uid == first[folded]:
                text = Message("{given} is already an id in the feeds: choose another.", values)
            else:
                text = Message(
                    "{given} and {other} differ only by capitals, which feeds ignore: choose another id.", values
                )
            document.add("bad-id", loc, text)
        first.setdefault(folded, uid)
        owners.setdefault(folded, loc)
    return owners


def _shown(uid: str) -> str:
    return quoted(uid.removesuffix("@"))


def _meetings(document: Document) -> Iterator[tuple[str, Loc | None]]:
    for loc, id in ids_at(document.tree, "cycle.meetings[].id"):
        dates = document.tree.at((*loc[:-1], "dates"))
        for day in dates.value if dates is not None and isinstance(dates.value, list) else ():
            if isinstance(day, date):  # invalid values are noted already; in scenario.json all was judged before
                yield _UIDS.meeting(id, day), loc
        for day in _standing(document, (*loc[:-1], "every")):
            yield _UIDS.meeting(id, day), loc


def _standing(document: Document, loc: Loc) -> Iterator[date]:
    """All dates of a standing meeting's weekday, closed ones too; none of one that is wrong."""

    def value(*at: str | int) -> object:
        node = document.tree.at(at)
        return None if node is None else node.value

    weekday = value(*loc, "weekday")
    first, last = (value(*loc, key) or value("plan", key) for key in ("from", "to"))
    if weekday in WEEKDAY_IDS and isinstance(first, date) and isinstance(last, date):
        yield from Every(WEEKDAY_IDS.index(weekday)).days(Span(first, last))
