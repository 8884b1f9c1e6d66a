"""Compares the options of a job with today's plan: figures, and operations in different places."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from arshjul.errors import Message
from arshjul.office.draft.answers import questions
from arshjul.office.draft.draft import Draft
from arshjul.office.draft.options import FILLED, FIRST, FoundOption
from arshjul.year.agenda.overview import costs
from arshjul.year.domain.entries.answer import declined
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.visit_object import Filling, frame_of
from arshjul.year.planning.letters.notices import Notices, notices
from arshjul.year.planning.letters.year_log import year_log
from arshjul.year.planning.places.explain import in_language
from arshjul.year.planning.places.reasons import Tally, tally
from arshjul.year.planning.replan.replan import Way, ways
from arshjul.year.planning.replan.undo import staying
from arshjul.year.planning.report.figures import SHORT_NOTICE_DAYS
from arshjul.year.rules.objectives import LEVEL_NAMES, gaps
from arshjul.year.rules.soft.kept_close import KeptClose
from arshjul.year.texts import Words, counted

OPTION_TITLES = {
    "fewest-changes": Message("Fewest changes"),
    "balanced": Message("Balanced"),
    "most-delivered": Message("Most delivered"),
    FIRST: Message("The first plan"),
    FILLED: Message("Objects bound"),
}


@dataclass(frozen=True, slots=True)
class OptionColumn:
    """A plan in figures, compared with today's plan.

    `option`: the first of the options that have it; `ids`: all of them. `fallen`: musts that lose their place.
    `told_late`: parties told of a date less than 14 days ahead. `quality`: the points of all its prices; `for_moves`:
    those for moves away from today's plan. `gaps`: in words, how much better a plan there may be.
    """

    option: FoundOption
    ids: tuple[str, ...]
    name: Message
    advantage: Message | None
    news: Notices
    fallen: tuple[str, ...]
    told_late: tuple[str, ...]
    quality: int
    for_moves: int
    is_proven: bool
    gaps: tuple[Message, ...]
    is_suggested: bool = False

    @property
    def n_moved_besides(self) -> int:
        """Operations that change though nothing hits them."""
        base, changed = self.option.plan.base, self.news.changes.changed
        hit = frozenset() if base is None else base.hit
        return sum(move.operation not in hit for move in changed)


class FigureRow(NamedTuple):
    """A figure of today's plan and of each option that is not the same in all; `today` None: it has none."""

    name: Message
    today: int | None
    values: tuple[int, ...]


class LostAgency(NamedTuple):
    name: str
    operations: tuple[str, ...]


class DifferenceRow(NamedTuple):
    """`lost`: the names of the agencies that no longer join it, by option."""

    operation: str
    today: Placement | None
    places: tuple[Placement | None, ...]
    lost: tuple[tuple[str, ...], ...]
    is_hit: bool


class WithoutRow(NamedTuple):
    """An optional agency that answered no, without which an operation goes on; `options`: only in these."""

    operation: str
    agency: str
    options: tuple[Message, ...]


class LeftOutRow(NamedTuple):
    operation: str
    title: str
    why: Tally


class Comparison(NamedTuple):
    """The options compared with today's plan.

    `figures`: those that differ. `lost`: the agencies that drop out of operations, by option. `made_of`: the points of
    each wish that they do not meet alike. `filled`, `answered`: in sentences. `all_alike`: None if there is something
    to choose between. `silent`: the parties with open questions. `stay`: of operations that cannot go back though their
    change is taken back.
    """

    columns: Sequence[OptionColumn]
    figures: Sequence[FigureRow]
    lost: Sequence[tuple[LostAgency, ...]]
    made_of: Sequence[tuple[str, list[int]]]
    all_alike: Message | None
    rows: Sequence[DifferenceRow]
    without: Sequence[WithoutRow]
    filled: Sequence[Message]
    answered: Sequence[Message]
    out: Sequence[LeftOutRow]
    silent: Sequence[str]
    stay: Sequence[Message]


def compare_options(draft: Draft, options: tuple[FoundOption, ...], words: Words) -> Comparison:
    by_id = {option.id: option for option in options}
    found = ways(options[0].scenario, {id: option.plan for id, option in by_id.items()})
    columns, shown = [_column(draft, by_id[way.ids[0]], way) for way in found], [by_id[way.ids[0]] for way in found]
    return Comparison(
        columns=_with_suggestion(columns),
        figures=_figures(draft, columns),
        lost=[_lost(draft, column) for column in columns],
        made_of=_made_of(columns, words),
        all_alike=_all_alike(columns[0], found[0]) if len(columns) == 1 < len(options) else None,
        rows=_rows(draft, columns),
        without=_without(columns),
        filled=[text for option in options if option.id == FILLED for text in _filling(option)],
        answered=answered(options, 0 if draft.plan is None else draft.plan.revision),
        out=_left_out(draft, shown, words.language),
        silent=_silent(draft),
        stay=[*staying(options[0].scenario, options[0].plan).values()],
    )


def _all_alike(column: OptionColumn, way: Way) -> Message:
    dropped = [move.operation for move in column.news.changes.dropped]
    if not dropped:
        return way.alike
    if way.is_proven:
        return Message("All three options are alike, and cancel {operations}.", {"operations": dropped})
    return Message(
        "All three options have the same plan, which cancels {operations}. More time may find a better one.",
        {"operations": dropped},
    )


def answered(options: tuple[FoundOption, ...], since: int | None = None) -> list[Message]:
    """The entries that the options answer, in order. `since`: the revision they go on from; None: the one before."""
    option, said = options[0], []
    last = option.plan.revision
    for revision in range((last - 1 if since is None else since) + 1, last + 1):
        entries = option.plan.entries.of_revision(revision).with_lists(fillings=())
        said += [line.text for line in reversed(year_log(option.scenario, entries))]
    return said


def _left_out(draft: Draft, options: Sequence[FoundOption], language: str) -> list[LeftOutRow]:
    known = set() if draft.plan is None else {out.operation for out in draft.plan.unplaced}
    found: dict[str, LeftOutRow] = {}
    for option in options:
        new = {out.operation for out in option.plan.unplaced} - known - found.keys()
        for out in in_language(language, option.scenario, option.plan, new).unplaced:
            if out.operation in new:
                title = option.scenario.operations[out.operation].title
                found.setdefault(out.operation, LeftOutRow(out.operation, title, tally(out.reasons)))
    return list(found.values())


def _filling(option: FoundOption) -> Iterator[Message]:
    lines = year_log(option.scenario, option.plan.entries)
    yield next(line.text for line in lines if isinstance(line.entry, Filling))
    n_left = len(option.scenario.objects) - len(frame_of(option.plan.bindings))
    if n_left:
        yield counted(
            n_left,
            "One object still waits for a frame: see Objects.",
            "{n} objects still wait for frames: see Objects.",
        )


def _silent(draft: Draft) -> list[str]:
    silent = dict.fromkeys(question.party for question in questions(draft) if question.is_open)
    return [draft.scenario.parties[party].name for party in silent if party in draft.scenario.parties]


def _column(draft: Draft, option: FoundOption, way: Way) -> OptionColumn:
    old = {} if draft.plan is None else draft.plan.placed
    plan = option.plan
    is_replan = plan.placed_by is None  # a filling leaves its plan standing
    news = notices(option.scenario, draft.scenario, old, plan)
    felt = (*news.changes.changed, *news.changes.new)
    late = {move.operation for move in felt if move.notice_days(plan.as_of.date()) < SHORT_NOTICE_DAYS}
    levels = plan.entries.fillings[-1].levels if option.id == FILLED else way.levels
    operations = option.scenario.operations
    return OptionColumn(
        option=option,
        ids=way.ids,
        name=Message("{names}", {"names": [OPTION_TITLES.get(id, Message("{id}", {"id": id})) for id in way.ids]}),
        advantage=way.advantage,
        news=news,
        fallen=tuple(
            move.operation
            for move in news.changes.dropped
            if move.operation in operations and operations[move.operation].is_must
        ),
        told_late=tuple(party for party, ids in news.tell.items() if late.intersection(ids)),
        quality=sum(price.points for price in plan.prices) if is_replan else _standing_quality(plan),
        for_moves=_for_moves(plan),
        is_proven=all(level.proven for level in levels),
        gaps=tuple(
            Message("{aim}: {gap}", {"aim": LEVEL_NAMES.get(id, id), "gap": gap}) for id, gap in gaps(levels).items()
        ),
    )


def _with_suggestion(columns: Sequence[OptionColumn]) -> list[OptionColumn]:
    """One of several options is suggested: no must falls under it, and it moves the fewest besides those hit."""
    possible = [n for n, column in enumerate(columns) if not column.fallen]
    if len(columns) == 1 or not possible:
        return list(columns)
    best = min(possible, key=lambda n: (columns[n].n_moved_besides, len(columns[n].news.changes.dropped), n))
    return [replace(column, is_suggested=n == best) for n, column in enumerate(columns)]


def _figures(draft: Draft, columns: Sequence[OptionColumn]) -> list[FigureRow]:
    def row(name: Message, today: int | None, value: Callable[[OptionColumn], int]) -> FigureRow:
        return FigureRow(name, today, tuple(map(value, columns)))

    if (plan := draft.plan) is None:
        return [
            row(Message("With a date"), None, lambda column: len(column.option.plan.placements)),
            row(Message("Unplaced"), None, lambda column: len(column.option.plan.unplaced)),
            row(Message("Penalty points"), None, lambda column: column.quality),
        ]
    today = _standing_quality(plan)
    is_filled = any(column.option.id == FILLED for column in columns)
    rows = [
        row(Message("Cancelled operations"), None, lambda column: len(column.news.changes.dropped)),
        row(Message("Unplaced"), len(plan.unplaced), lambda column: len(column.option.plan.unplaced)),
        row(Message("Operations moved"), None, lambda column: len(column.news.changes.moved)),
        row(Message("Same time, another unit"), None, lambda column: len(column.news.changes.unit_changed)),
        row(Message("New operations"), None, lambda column: len(column.news.changes.new)),
        row(Message("Parties to tell"), None, lambda column: len(column.news.tell)),
        row(Message("Parties with less than 14 days' notice"), None, lambda column: len(column.told_late)),
        row(Message("Penalty points"), today, lambda column: column.quality),
        row(Message("of which for moves"), None, lambda column: 0 if is_filled else column.for_moves),
    ]
    return [one for one in rows if {one.today or 0} != {*one.values}]


def _lost(draft: Draft, column: OptionColumn) -> tuple[LostAgency, ...]:
    operations: dict[str, list[str]] = {}
    for operation, parties in column.news.lost.items():
        for party in parties:
            operations.setdefault(draft.named.parties[party].name, []).append(operation)
    return tuple(LostAgency(name, tuple(ids)) for name, ids in operations.items())


def _made_of(columns: Sequence[OptionColumn], words: Words) -> list[tuple[str, list[int]]]:
    """The points of every wish that is not met alike, by option, the most expensive first; none if all are alike."""
    points: dict[str, list[int]] = {}
    for n, column in enumerate(columns):
        for cost in costs(column.option.plan.prices):
            points.setdefault(words.say(cost.name), [0] * len(columns))[n] = cost.points
    return sorted((row for row in points.items() if len({*row[1]}) > 1), key=lambda row: -max(row[1]))


def _for_moves(plan: Plan) -> int:
    return sum(price.points for price in plan.prices if price.rule == KeptClose.id)


def _standing_quality(plan: Plan) -> int:
    """The price of keeping today's plan: it moves nothing, so without the price of its own earlier moves."""
    return sum(price.points for price in plan.prices) - _for_moves(plan)


def _rows(draft: Draft, columns: Sequence[OptionColumn]) -> list[DifferenceRow]:
    """The operations that differ between today's plan and the options: musts that fall first, then by today's dates."""
    options, parties = [column.option for column in columns], draft.named.parties
    old = {} if draft.plan is None else draft.plan.placed
    ids = dict.fromkeys(id for placed in (old, *(option.plan.placed for option in options)) for id in placed)
    rows = []
    for id in ids:
        today, places = old.get(id), tuple(option.plan.placed.get(id) for option in options)
        lost = tuple(tuple(parties[one].name for one in column.news.lost.get(id, ())) for column in columns)
        if any(lost) or any(_elsewhere(today, place) for place in places):
            hit = any(option.plan.base is not None and id in option.plan.base.hit for option in options)
            rows.append(DifferenceRow(id, today, places, lost, hit))
    musts = {operation.id for operation in options[0].scenario.operations.values() if operation.is_must}
    return sorted(
        rows, key=lambda row: (row.operation not in musts or None not in row.places, not row.is_hit, _when(row))
    )


def _without(columns: Sequence[OptionColumn]) -> list[WithoutRow]:
    """The optional agencies that answered no to the place of an operation which goes on there without them."""
    found: dict[tuple[str, str], list[Message]] = {}
    for column in columns:
        scenario, plan = column.option.scenario, column.option.plan
        answers = plan.entries.demands(plan.placing.revision).answers
        for place in plan.placements:
            free = scenario.operations[place.operation].optional_agencies
            for agency in sorted((declined(answers, place) & free.keys()) - {*place.optional_agencies}):
                found.setdefault((place.operation, scenario.agencies[agency].name), []).append(column.name)
    whole = len(columns)
    return [WithoutRow(*pair, () if len(names) == whole else tuple(names)) for pair, names in found.items()]


def _elsewhere(one: Placement | None, other: Placement | None) -> bool:
    return not one.same_place(other) if one is not None else other is not None


def _when(row: DifferenceRow) -> tuple[str, str]:
    first = next(place for place in (row.today, *row.places) if place is not None)
    return first.slot.day.isoformat(), row.operation
