"""explain, alternatives, diff: questions to a plan."""

from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.console import Console, answering, opened
from arshjul.cli.options import AsOf, Commands, Debug, Folder, Json, OperationId, moment, say
from arshjul.errors import InputError, Message
from arshjul.texts import counted

if TYPE_CHECKING:
    from arshjul.domain.plan import Placement
    from arshjul.domain.scenario import Scenario
    from arshjul.formats.plan.plan_folder import PlanFolder
    from arshjul.planning.alternatives import Alternative
    from arshjul.planning.notices import Told

OnDate = Annotated[str | None, typer.Option("--date", metavar="D", help=say("Why it is not on that date: 2027-05-12."))]


def explain(
    folder: Folder,
    operation: OperationId,
    date: OnDate = None,
    as_of: AsOf = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    with answering(as_json, debug) as console:
        from datetime import date as calendar_date

        from arshjul.planning.explain import explain as explained
        from arshjul.planning.explain import explain_date

        read = opened(console, folder)
        _warn_of_unsound(console, read)
        seen = None if as_of is None else moment(read.scenario, as_of)
        if date is None:
            found = explained(read.scenario, read.plan, operation, seen)
        else:
            try:
                day = calendar_date.fromisoformat(date)
            except ValueError:
                raise InputError(
                    Message('{given} is no date: write for example "2027-05-12".', {"given": date})
                ) from None
            found = explain_date(read.scenario, read.plan, operation, day, seen)
        if as_json:
            console.json(
                {
                    "operation": found.operation,
                    "placement": _placement(found.placement),
                    "sentences": [console.words.say(sentence) for sentence in found.sentences],
                    "taken": found.taken,
                    "free": found.free,
                    "alternatives": [_alternative(alternative) for alternative in found.alternatives],
                }
            )
        else:
            for sentence in found.sentences:
                console.data(console.words.say(sentence))


def alternatives(
    folder: Folder,
    operation: OperationId,
    as_of: AsOf = None,
    most: Annotated[int, typer.Option("--most", min=1, metavar="N", help=say("How many of each kind."))] = 5,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    with answering(as_json, debug) as console:
        from arshjul.planning.alternatives import moving_nothing, moving_one, moving_two, wish
        from arshjul.planning.explain import known

        read = opened(console, folder)
        _warn_of_unsound(console, read)
        known(read.scenario, operation)
        problem = wish(read.scenario, read.plan, operation, None if as_of is None else moment(read.scenario, as_of))
        free, one = moving_nothing(problem, operation), moving_one(problem, operation)
        closed = {alternative.placement.slot for alternative in (*free, *one)}
        two = moving_two(problem, operation, closed) if len(closed) < most else None
        found = [*free[:most], *one[:most], *([two] if two else [])]
        if as_json:
            console.json({"operation": operation, "alternatives": [_alternative(a) for a in found]})
            return
        for alternative in found:
            console.data(_told(console, read.scenario, alternative))
        if not found:
            console.talk(
                Message("{operation} has no other slot that moves two others or fewer.", {"operation": operation})
            )


def diff(old: Folder, new: Folder, as_json: Json = False, debug: Debug = False) -> None:
    with answering(as_json, debug) as console:
        from arshjul.formats.plan.changes_json import changes_mapping
        from arshjul.planning.notices import told

        before, after = opened(console, old), opened(console, new)
        found = told(after.scenario, before.scenario, before.plan.placed, after.plan)
        if as_json:
            hit = () if after.plan.base is None else after.plan.base.hit
            console.json(changes_mapping(found.changes, found.tell, hit))
        else:
            tell_changes(console, found)


def withdrawals(folder: Folder, as_json: Json = False, debug: Debug = False) -> None:
    with answering(as_json, debug) as console:
        from arshjul.formats.plan.plan_json import withdrawal_mapping
        from arshjul.planning.notices import withdrawal_sentence

        read = opened(console, folder)
        known = sorted(read.plan.withdrawals, key=lambda withdrawal: (withdrawal.reported, withdrawal.id))
        if as_json:
            console.json({"withdrawals": [withdrawal_mapping(withdrawal) for withdrawal in known]})
            return
        for withdrawal in known:
            console.data(console.words.say(withdrawal_sentence(read.scenario, withdrawal)))
        if not known:
            console.talk(Message("The plan knows of no withdrawals."))


def tell_changes(console: Console, found: "Told") -> None:
    """Prints the sentences, and a message to each party."""
    for sentence in found.sentences:
        console.data(console.words.say(sentence))
    if not found.sentences:
        console.talk(Message("Nothing has changed."))
    for letter in found.letters:
        console.data("")
        console.data(console.words("To {name} ({contact}):", name=letter.name, contact=letter.contact or letter.to.id))
        for line in letter.lines:
            console.data("  " + console.words.say(line))


def _warn_of_unsound(console: Console, read: "PlanFolder") -> None:
    """An answer is no better than the plan that it comes from."""
    from arshjul.planning.judge import judge

    if not judge(read.scenario, read.plan, read.status).clean:
        console.talk(
            Message("Warning: this plan does not pass its check, so the answer may be wrong: see `arshjul verify`.")
        )


def _told(console: Console, scenario: "Scenario", alternative: "Alternative") -> str:
    from arshjul.planning.explain import fits

    cost = alternative.cost
    price = counted(abs(cost), "one point", "{n} points")
    more = Message("The year then costs {price} more.", {"price": price})
    less = Message("The year then costs {price} less.", {"price": price})
    same = Message("The year then costs the same.")
    says = more if cost > 0 else less if cost < 0 else same
    return f"{console.words.say(fits(scenario, alternative))} {console.words.say(says)}"


def _alternative(alternative: "Alternative") -> dict[str, object]:
    return {
        **(_placement(alternative.placement) or {}),
        "cost": alternative.cost,
        "moves": [
            {"operation": old.operation, "old": _placement(old), "new": _placement(new)}
            for old, new in alternative.moves
        ],
    }


def _placement(placement: "Placement | None") -> dict[str, object] | None:
    if placement is None:
        return None
    return {"date": placement.slot.day.isoformat(), "shift": placement.slot.shift, "police": placement.police}


commands: Commands = {
    "explain": (explain, say("Why an operation is where it is, why it is unplaced, or why it is not on a date.")),
    "alternatives": (alternatives, say("The best other slots of an operation, and what they cost.")),
    "withdrawals": (withdrawals, say("Who withdrew what, when and why, and which version of the plan answered it.")),
    "diff": (diff, say("What changed between two plans, and who must be told.")),
}
