"""A report's figures in words: sentences with their denominators, and a table for each kind of part."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from arshjul.agenda.clause import because
from arshjul.agenda.notice import operation_said
from arshjul.agenda.when import place_said
from arshjul.errors import Message
from arshjul.planning.letters.improvement_said import STATES
from arshjul.planning.report.obstacles import LEAST
from arshjul.planning.report.report import SHORT_NOTICE_DAYS, Counts, Report, Share, Spread
from arshjul.planning.report.together import TOGETHER
from arshjul.texts import Month, counted

COLUMNS: Mapping[str, Message] = {
    "planned": Message("planned"),
    "done": Message("done"),
    "without_police": Message("without police"),
    "aborted": Message("aborted"),
    "without_date": Message("called off"),
    "no_outcome": Message("outcome missing"),
    "to_come": Message("to come"),
    "moved": Message("moved"),
    "saved": Message("saved"),
}
SHARES = ("done", "without_police", "aborted", "without_date", "no_outcome", "to_come", "moved")
"""The columns that are given as shares of what was planned."""
SHEETS = Message("information sheets that were complete at their due date")
PART_NAMES: Mapping[str, Message] = {
    "agency": Message("Agency"),
    "unit": Message("Police unit"),
    "area": Message("Area"),
    "sector": Message("Sector"),
    "programme": Message("Programme"),
    "month": Message("Month"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report: its heading, and a row of name and figures, ordered as `COLUMNS`, for each part."""

    heading: Message
    rows: Sequence[tuple[Message, tuple[int, ...]]]


def sentences(found: Report) -> Iterator[Message]:
    """The sentences about the whole period."""
    values = {"name": found.scenario.name, "first": found.span.first, "last": found.span.last, "as_of": found.as_of}
    yield Message("{name}, {first} to {last}, as known {as_of}.", values)
    all_of_them = found.operations
    yield counted(all_of_them.planned, "One operation was planned.", "{n} operations were planned.")
    for key in SHARES:
        values = {"what": COLUMNS[key], "n": getattr(all_of_them, key), "of": all_of_them.planned}
        yield Message("{what}: {n} of {of}", values)
    yield _share(Message("affected by a withdrawal, and still done"), all_of_them.saved)
    name, evaluated = evaluations(found)
    yield name if evaluated is None else _share(name, evaluated)
    if found.sheets is not None:
        yield _share(SHEETS, found.sheets)
    for what, n, of in learnt_figures(found):
        yield Message("{what}: {n}", {"what": what, "n": n}) if of is None else _share(what, Share(n, of))
    yield from obstacles_said(found)
    yield from _spread(
        Message("lead time"),
        found.lead_time,
        Message("at least the rule's {days} days, of those with a nomination date", {"days": found.lead_time_days}),
    )
    yield from _spread(
        Message("notice of moves"), found.notice, Message("under {days} days", {"days": SHORT_NOTICE_DAYS})
    )
    if found.officers.of:
        values = {"n": found.officers.n, "of": found.officers.of}
        yield Message("officers that came: {n}, counted at {of} operations", values)
    for agency, n in found.teams.items():
        known = found.scenario.agencies.get(agency)
        yield Message("teams that came, {agency}: {n}", {"agency": known.name if known else agency, "n": n})
    for figure, n in all_of_them.figures.items():
        yield Message("{what}: {n}", {"what": found.scenario.figure(figure), "n": n})
    if found.reserves.of:
        yield _share(Message("reserves promoted"), found.reserves)
    if found.controls.planned:
        yield counted(
            found.controls.planned,
            "Besides, one control without police was planned, which is no operation by definition; done: {done}.",
            "Besides, {n} controls without police were planned, which are no operations by definition; done: {done}.",
            done=found.controls.done,
        )


Figure = tuple[Message, float | None, int | None]
"""A figure's name, its number, and its denominator if it is a share."""


def figure_groups(found: Report) -> Iterator[tuple[Message, list[Figure]]]:
    """The figures of the whole period, for tables: each group that has any, with its heading."""
    groups = (
        (Message("Operations"), _operations(found)),
        (Message("Working together"), _together(found)),
        (Message("Obstacles to sharing"), _obstacles(found)),
        (Message("Lead time and notice"), _times(found)),
        (Message("What came of it"), _results(found)),
    )
    return ((heading, there) for heading, rows in groups if (there := list(rows)))


def _operations(found: Report) -> Iterator[Figure]:
    whole = found.operations
    yield COLUMNS["planned"], whole.planned, None
    for key in SHARES:
        yield COLUMNS[key], getattr(whole, key), whole.planned
    yield Message("dates that were called off"), len(found.called_off), None
    yield _row(Message("affected by a withdrawal, and still done"), whole.saved)
    yield _row(Message("reserves promoted"), found.reserves)
    done = Message("controls without police, which are no operations by definition: done")
    yield done, found.controls.done, found.controls.planned


def _together(found: Report) -> Iterator[Figure]:
    name, evaluated = evaluations(found)
    yield (name, None, None) if evaluated is None else _row(name, evaluated)
    if found.sheets is not None:
        yield _row(SHEETS, found.sheets)
    yield from learnt_figures(found)


def _obstacles(found: Report) -> Iterator[Figure]:
    for quarter, n in found.obstacles:
        values = {"quarter": str(quarter), "least": LEAST}
        few = Message("{quarter}, fewer than {least} reported", values)
        yield few if n is None else Message("{quarter}, reported", values), n, None


def _times(found: Report) -> Iterator[Figure]:
    yield Message("lead time: median days"), found.lead_time.median_days, None
    rule = Message(
        "lead time: at least the rule's {days} days, of those with a nomination date", {"days": found.lead_time_days}
    )
    yield _row(rule, found.lead_time.share)
    yield Message("notice of moves: median days"), found.notice.median_days, None
    short = Message("notice of moves: under {days} days", {"days": SHORT_NOTICE_DAYS})
    yield _row(short, found.notice.share)


def _results(found: Report) -> Iterator[Figure]:
    came = Message("officers that came, counted at {of} operations", {"of": found.officers.of})
    yield came, found.officers.n, None
    for agency, n in found.teams.items():
        known = found.scenario.agencies.get(agency)
        yield Message("teams that came, {agency}", {"agency": known.name if known else agency}), n, None
    for figure, n in found.operations.figures.items():
        yield Message("{what}", {"what": found.scenario.figure(figure)}), n, None


def _row(what: Message, share: Share) -> Figure:
    return what, share.n, share.of


def called_off_said(found: Report) -> Iterator[Message]:
    """Each called-off date: the operation, when that was decided, why, and its new date."""
    for one in found.called_off:
        what = operation_said(found.scenario, one.placement.operation)
        values = {"what": what, "place": place_said(found.scenario, one.placement), "day": one.decided.date()}
        if one.on_the_day:
            said = Message("{what}, {place}: did not begin", values)
            said = said if one.why is None else Message("{said} ({more})", {"said": said, "more": one.why})
        else:
            said = because(Message("{what}, {place}: called off on {day}", values), one.why)
        if one.anew is not None:
            said = Message("{said}; new date: {new}", {"said": said, "new": place_said(found.scenario, one.anew)})
        yield Message("{sentence}.", {"sentence": said})


def tables(found: Report) -> Iterator[Table]:
    """Each kind of part that has entries."""
    for part, groups in found.parts.items():
        if groups:
            rows = [(name, figures(counts)) for _, name, counts in named_parts(found, part)]
            yield Table(PART_NAMES[part], rows)


def named_parts(found: Report, part: str) -> list[tuple[str, Message, Counts]]:
    """The parts of that kind, each by id and name, sorted by the name shown; months in order."""
    rows = [(id, part_name(found, part, id), counts) for id, counts in found.parts[part].items()]
    return rows if part == "month" else sorted(rows, key=lambda row: str(row[1].values["name"]).casefold())


def figures(counts: Counts) -> tuple[int, ...]:
    """The figures of a row; of a share its numerator."""
    return tuple(counts.saved.n if key == "saved" else getattr(counts, key) for key in COLUMNS)


def part_name(found: Report, part: str, id: str) -> Message:
    """The word for a part."""
    scenario = found.scenario
    if part == "month":
        return Message("{month}", {"month": Month(date.fromisoformat(f"{id}-01"))})
    named: Mapping[str, Mapping[str, object]] = {
        "agency": scenario.agencies,
        "unit": scenario.police,
        "area": scenario.areas,
    }
    known = named.get(part, {}).get(id)
    return Message("{name}", {"name": scenario.word(id) if known is None else getattr(known, "name", id)})


def evaluations(found: Report) -> tuple[Message, Share | None]:
    """The name and the share of evaluated operations; an explanation and None if no milestone counts as one."""
    cycle = found.scenario.cycle
    if found.evaluated.n or any(cycle.meaning(milestone.id) == "evaluation" for milestone in cycle.milestones):
        return Message("evaluated, of what was carried out"), found.evaluated
    return Message("evaluated: unknown, since no milestone counts as an evaluation"), None


def learnt_figures(found: Report) -> Iterator[tuple[Message, int, int | None]]:
    """Who has answered, improvements by what has become of them, and the rest; nothing of what nobody has said."""
    if found.answered.n:
        yield Message("parties that said how it went, of those asked"), found.answered.n, found.answered.of
    if found.improvements:
        n = len(found.improvements)
        yield (
            Message("improvements that helped, as the parties of a later operation say"),
            found.n_improvements("checked"),
            n,
        )
        yield Message("improvements that are done, and not checked yet"), found.n_improvements("done"), n
        yield Message("improvements that are open"), found.n_improvements("open"), n
        yield Message("improvements that are overdue"), found.overdue, n
    yield from ((TOGETHER[key], n, of) for key, (n, of) in found.together.items())


def obstacles_said(found: Report) -> Iterator[Message]:
    """How many obstacles were reported in each quarter."""
    for quarter, n in found.obstacles:
        values = {"quarter": str(quarter), "n": n, "least": LEAST}
        few = Message("obstacles to sharing, {quarter}: fewer than {least}", values)
        yield few if n is None else Message("obstacles to sharing, {quarter}: {n}", values)


def improvements_said(found: Report) -> Iterator[Message]:
    """Each improvement in a sentence: those first that have changed something."""
    order = ("checked", "done", "open", "dropped")
    for one in sorted(found.improvements, key=lambda one: order.index(one.state)):
        improvement = one.improvement
        owner = found.scenario.parties.get(improvement.owner)
        values = {
            "id": improvement.id,
            "action": improvement.action,
            "state": STATES[one.state],
            "operation": improvement.origin,
            "owner": improvement.owner if owner is None else owner.name,
            "day": improvement.due,
        }
        if one.is_overdue(found.as_of.date()):
            text = Message("{id}: {action} (after {operation}; {owner}, by {day}): {state}, and overdue.", values)
        else:
            text = Message("{id}: {action} (after {operation}; {owner}, by {day}): {state}.", values)
        yield text


def answered_rows(found: Report) -> list[tuple[str, Share]]:
    """How many times each party was asked, and answered, by the party's name."""
    names = found.scenario.parties
    rows = [(names[id].name, share) for id, share in found.answered_by.items()] if found.answered.n else []
    return sorted(rows, key=lambda row: row[0].casefold())


def _share(what: Message, share: Share) -> Message:
    return Message("{what}: {n} of {of}", {"what": what, "n": share.n, "of": share.of})


def _spread(what: Message, spread: Spread, counts: Message) -> Iterator[Message]:
    if spread.median_days is not None:
        values = {
            "what": what,
            "days": spread.median_days,
            "counts": counts,
            "n": spread.share.n,
            "of": spread.share.of,
        }
        yield Message("{what}: median {days} days; {counts}: {n} of {of}", values)
