"""today, log, withdrawals: the daily note, and what has been entered."""

from typing import TYPE_CHECKING, Annotated

from arshjul.cli.command import Option, command
from arshjul.cli.console import Console
from arshjul.cli.options import AsOf, Folder, PlanDb, PlanFolder, Withdrawals, known_plan
from arshjul.errors import InputError, Message

if TYPE_CHECKING:
    from arshjul.year.domain.calendar import Slot
    from arshjul.year.domain.parties import Agency, PoliceUnit
    from arshjul.year.folder.explain import WithdrawalLog
    from arshjul.year.planning.today import Hit, Today
    from arshjul.year.planning.ways_out import WayOut


@command("today", "Today: operations hit, ways out, calls, milestones.", solves=True)
def today(
    console: Console,
    folder: Folder,
    as_of: AsOf = None,
    withdrawals: Withdrawals = None,
    way: Annotated[str | None, Option("--way OPERATION:N", "The way out's number; writes its file of changes.")] = None,
) -> None:
    from arshjul.year.folder.replan import today
    from arshjul.year.planning.morning_note import morning_note

    found = today(folder, withdrawals, as_of, console.speak)
    if way is not None:
        console.json(_way(found, way).changes)
        return
    if console.answered(_mapping(found)):
        return
    for number, paragraph in enumerate(morning_note(found)):
        if number:
            console.data("")
        for line in paragraph:
            mark = "" if line.number is None else f"{line.number}. "
            console.data(line.text, indent="  " * line.depth + mark)


def _way(found: "Today", asked: str) -> "WayOut":
    """The chosen way out. InputError, listing the known ones, if there is no such."""
    known = {f"{id}:{number}": way_out for id, ways in found.ways.items() for number, way_out in enumerate(ways, 1)}
    if asked not in known:
        text = Message("{given} does not exist: choose one of {known}.", {"given": asked, "known": list(known)})
        none = Message("{given} does not exist: there is no way out.", {"given": asked})
        raise InputError(text if known else none)
    return known[asked]


def _mapping(found: "Today") -> dict[str, object]:
    return {
        "as_of": f"{found.as_of:%Y-%m-%dT%H:%M}",
        "operations": [
            {
                "operation": ahead.placement.operation,
                **_slot(ahead.slot),
                "police": ahead.placement.police,
                "parties": [party.id for party in ahead.parties],
            }
            for ahead in found.operations
        ],
        "meetings": [{"meeting": meeting.meeting.id, "date": meeting.day} for meeting in found.meetings],
        "hit": [_hit(hit) for hit in found.hit],
        "free_teams": [{"agency": f.agency, **_slot(f.slot), "teams": f.teams} for f in found.free_teams],
        "ready": [
            {**_way_out(way_out), "agencies": list(found.scenario.agencies_at(way_out.placement))}
            for way_out in found.ready
        ],
        "no_outcome": list(found.no_outcome),
        "doubtful": list(found.doubtful),
        "unknown_ends": [end.mapping for end in found.unknown_ends],
        "unanswered": [
            {"operation": unanswered.operation, **_slot(unanswered.placement.slot), **_called(unanswered.party)}
            for unanswered in found.unanswered
        ],
        "due": [
            {
                "milestone": due.milestone.id,
                "operation": due.operation,
                "date": due.day,
                "overdue": due.overdue,
                **({} if due.meeting is None else {"meeting": due.meeting}),
                "counts_as": found.scenario.cycle.meaning(due.milestone.id),
            }
            for due in found.due
        ],
        "empty": [operation for operation, _ in found.empty],
    }


def _hit(hit: "Hit") -> dict[str, object]:
    return {
        "operation": hit.operation,
        **_slot(hit.placement.slot),
        "police": hit.placement.police,
        "call": [_called(party) for party in hit.parties],
        "rungs": [_way_out(way_out) for way_out in hit.ways_out],
    }


def _called(party: "Agency | PoliceUnit") -> dict[str, object]:
    from arshjul.year.planning.morning_note import reached

    return {"party": party.id, "contact": party.contact, **reached(party)}


def _way_out(way_out: "WayOut") -> dict[str, object]:
    from arshjul.year.formats.plan.changes_json import place_mapping

    reserve = {"operation": way_out.placement.operation} if way_out.kind == "reserve" else {}
    return {
        "kind": way_out.kind,
        **reserve,
        **place_mapping(way_out.placement),
        "ask": list(way_out.ask),
        "moves": [
            {"operation": old.operation, "old": place_mapping(old), "new": place_mapping(new)}
            for old, new in way_out.moves
        ],
        "asks": way_out.asks,
        "changes": way_out.changes,
    }


def _slot(slot: "Slot") -> dict[str, object]:
    return {"date": slot.day, "shift": slot.shift}


@command("log", "The year's entries and decisions, newest first.")
def log(
    console: Console,
    folder: PlanFolder = None,
    db: PlanDb = None,
    withdrawals: Annotated[bool, Option("--withdrawals", "Only withdrawals, with plan versions.")] = False,
) -> None:
    from arshjul.year.folder.explain import withdrawal_log
    from arshjul.year.formats.plan.plan_json import log_mapping
    from arshjul.year.planning.letters.year_log import year_log

    known = known_plan(console, folder, db)
    if withdrawals:
        _show_withdrawals(console, withdrawal_log(known.scenario, known.plan))
        return
    lines = list(year_log(known.scenario, known.plan.entries))
    texts = [{"revision": line.entry.revision, "text": line.text} for line in lines]
    if not console.answered({**log_mapping(known.plan.entries), "log": texts}):
        console.data(*(line.text for line in lines))
        if not lines:
            console.talk(Message("Nothing has been entered yet."))


@command("withdrawals", "Withdrawals, with times and causes.")
def withdrawals(console: Console, folder: PlanFolder = None, db: PlanDb = None) -> None:
    from arshjul.year.folder.explain import withdrawal_log

    known = known_plan(console, folder, db)
    _show_withdrawals(console, withdrawal_log(known.scenario, known.plan))


def _show_withdrawals(console: Console, found: "WithdrawalLog") -> None:
    from arshjul.year.formats.plan.plan_json import withdrawal_mapping
    from arshjul.year.planning.letters.notices import withdrawal_sentence

    entries = [withdrawal_mapping(withdrawal) for withdrawal in found.withdrawals]
    if console.answered({"withdrawals": entries, "unknown_ends": [end.mapping for end in found.unknown_ends]}):
        return
    for number, withdrawal in enumerate(found.withdrawals):
        console.data(withdrawal_sentence(found.scenario, withdrawal, replaced=number in found.replaced))
    if not found.withdrawals:
        console.talk(Message("The plan has no withdrawals."))
