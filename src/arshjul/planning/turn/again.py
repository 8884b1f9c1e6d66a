"""Which operations come again in the next year, under which numbers, and how they are tied to each other."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count

from arshjul.domain.calendar import year_label
from arshjul.domain.declaration import LONGEST_ID, numbered
from arshjul.domain.operation import Operation, as_written, single
from arshjul.domain.scenario import Scenario
from arshjul.planning.turn.next_year import TwoYears, Wishes, in_week

_PART = re.compile(r"(.+)(\.\d+)")


@dataclass(frozen=True, slots=True)
class Again:
    """The operations that come again, as they will be; `ids` gives their new ids by the old ones, as written.

    `outside` would come after the last date. `loose` lose what they were tied to, which does not come again.
    """

    operations: Mapping[str, Operation]
    ids: Mapping[str, str]
    outside: tuple[str, ...]
    loose: tuple[str, ...]


def again(
    scenario: Scenario,
    wishes: Wishes,
    years: TwoYears,
    today: date,
    begun: Mapping[str, date],
    taken: Iterable[str],
) -> Again:
    """The operations of the year that ends, as nominated anew: without pins and sites, at dates of the next year.

    The `scenario` is as it was given: what was decided about former dates is left behind. `begun` has the dates of
    those that have begun; the ids in `taken` are in use.
    """
    of_the_year = [
        _anew(one, years, today)
        for one in as_written(scenario.operations)
        if (wishes.sectors is None or one.sector in wishes.sectors)
        and max(_first_date(one, years, begun), scenario.span.first) in years.old
    ]
    coming = [one for one in of_the_year if one.window is not None and one.window.first <= years.new.last]
    ids = next_ids([one.id for one in coming], taken, year_label(years.new))
    new = {
        old.id: copy
        for one in coming
        for old, copy in zip(single(one), single(replace(one, id=ids[one.id])), strict=True)
    }
    names = {old: copy.id for old, copy in new.items()}
    return Again(
        {copy.id: _tied(copy, names) for copy in new.values()},
        ids,
        tuple(one.id for one in of_the_year if one.id not in ids),
        tuple(one.id for one in coming if not _ties(one) <= names.keys()),
    )


def in_its_year(operation: Operation, years: TwoYears, begun: Collection[str]) -> Operation:
    """An operation whose window was the whole year: it stays in that year, so that it and its successor both come."""
    if operation.window is not None or operation.id in begun:
        return operation
    return replace(operation, window=years.old)


def next_ids(ids: Sequence[str], taken: Iterable[str], label: str) -> dict[str, str]:
    """New ids, in order, by old ones: numbers continue after the highest; without a number the year follows.

    The parts of a series keep their own numbers behind that of the series.
    """
    used = {_root(id)[0] for id in taken} | {_root(id)[0] for id in ids}
    highest: dict[str, int] = {}
    for begin, number in filter(None, map(numbered, used)):
        highest[begin] = max(highest.get(begin, 0), int(number))
    roots: dict[str, str] = {}
    for root in dict.fromkeys(_root(id)[0] for id in ids):
        found = numbered(root)
        if found is None:
            new = _named_after(root, label.replace("/", "-"))
        else:
            begin, number = found
            new = (f"{begin}{n:0{len(number)}}" for n in count(highest[begin] + 1))
        roots[root] = next(one for one in new if one not in used)
        used.add(roots[root])
    return {id: roots[_root(id)[0]] + _root(id)[1] for id in ids}


def _named_after(root: str, label: str) -> Iterator[str]:
    """The id with the year behind it, then with a number behind that, each as long as an id may be."""
    for n in count(1):
        end = f"-{label}" if n == 1 else f"-{label}-{n}"
        yield f"{root[: LONGEST_ID - len(end)]}{end}"


def _root(id: str) -> tuple[str, str]:
    """The id of a series and the number in it, like `.3`, which is empty for any other id."""
    found = _PART.fullmatch(id)
    return (id, "") if found is None else (found[1], found[2])


def _first_date(operation: Operation, years: TwoYears, begun: Mapping[str, date]) -> date:
    """A date of the year that it belongs to: its window's, its own if it has begun, or else of the year that ends."""
    if operation.window is not None:
        return operation.window.first
    dates = [begun[one.id] for one in single(operation) if one.id in begun]
    return max(dates, default=years.old.first)


def _anew(operation: Operation, years: TwoYears, today: date) -> Operation:
    """The operation as it is nominated for the next year, still under its old id and with its old ties."""
    nominated = operation.nominated_on
    return replace(
        operation,
        window=years.window(operation.window),
        preferred=None if operation.preferred is None else years.period(operation.preferred),
        not_on=tuple(map(years.next_year.days, operation.not_on)),
        nominated_on=None if nominated is None else min(in_week(nominated), today),
        fixed=None,
        sites=(),
    )


def _ties(operation: Operation) -> set[str]:
    after = () if operation.after is None else (operation.after.operation,)
    same = () if operation.same_slot_as is None else (operation.same_slot_as,)
    return {*after, *same, *operation.not_same_day_as, *operation.not_same_week_as}


def _tied(operation: Operation, names: Mapping[str, str]) -> Operation:
    """The operation tied to the others that come again, under their new ids; the parts of a series are so already."""
    after, new = operation.after, set(names.values())
    if after is not None and after.operation not in new:
        earlier = names.get(after.operation)
        after = None if earlier is None else replace(after, operation=earlier)
    return replace(
        operation,
        after=after,
        same_slot_as=names.get(operation.same_slot_as or ""),
        not_same_day_as=tuple(names[id] for id in operation.not_same_day_as if id in names),
        not_same_week_as=tuple(names[id] for id in operation.not_same_week_as if id in names),
    )
