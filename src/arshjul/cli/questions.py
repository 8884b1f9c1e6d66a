"""explain, alternatives, diff, ask, what-if: questions about a plan."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from arshjul.cli.command import Option, ReadAs, command
from arshjul.cli.console import Console
from arshjul.cli.options import AsOf, Folder, Limit, OperationId, PlanDb, PlanFolder, day, known_plan
from arshjul.errors import Message
from arshjul.year.texts import counted

if TYPE_CHECKING:
    from datetime import datetime

    from arshjul.year.agenda.channel import Level
    from arshjul.year.domain.scenario import Scenario
    from arshjul.year.folder.explain import Difference
    from arshjul.year.planning.letters.notices import Letter, Notices
    from arshjul.year.planning.places.finder import Alternative
    from arshjul.year.planning.places.police_wishes import ExtraShift
    from arshjul.year.planning.what_if import Step, WhatIf, WhatIfQuestion

MOST_OTHERS = 5

Most = Annotated[int, Option("--most N", "The number of each kind.", min=1)]


@command("explain", "Explain an operation's placement.", solves=True)
def explain(
    console: Console,
    folder: Folder,
    operation: OperationId,
    on: Annotated[date | None, Option("--date D", "Explain why it is not on this date."), ReadAs(day)] = None,
    as_of: AsOf = None,
    others: Annotated[bool, Option("--others", "Show its best other slots, with their cost.")] = False,
    most: Most = MOST_OTHERS,
) -> None:
    from arshjul.year.folder.explain import explain
    from arshjul.year.formats.plan.changes_json import place_mapping

    if others:
        _show_others(console, folder, operation, as_of, most)
        return
    answer = explain(folder, operation, on, as_of, console.speak)
    _warn_unless(console, answer.sound)
    explanation = answer.found
    if console.answered(
        {
            "operation": explanation.operation,
            "placement": None if explanation.placement is None else place_mapping(explanation.placement),
            "sentences": list(explanation.sentences),
            "taken": explanation.taken,
            "free": explanation.free,
            "alternatives": [*map(_alternative, explanation.alternatives)],
            "history": list(answer.history),
        }
    ):
        return
    indent = ""
    for sentence in explanation.sentences:
        console.data(sentence, indent=indent)
        if console.words.say(sentence).endswith(":"):
            indent = "  "
    if answer.history:
        console.data(Message("History:"))
    console.data(*answer.history, indent="  ")


@command("alternatives", "The best other slots of an operation.", solves=True)
def alternatives(
    console: Console, folder: Folder, operation: OperationId, as_of: AsOf = None, most: Most = MOST_OTHERS
) -> None:
    _show_others(console, folder, operation, as_of, most)


def _show_others(console: Console, folder: Path, operation: str, as_of: "datetime | None", most: int) -> None:
    from arshjul.year.folder.explain import alternatives

    answer = alternatives(folder, operation, as_of, most, console.speak)
    _warn_unless(console, answer.sound)
    found = answer.found
    if console.answered({"operation": operation, "alternatives": [*map(_alternative, found)]}):
        return
    console.data(*(_told(console, answer.scenario, alternative) for alternative in found))
    if any(alternative.cost < 0 for alternative in found):
        console.talk(Message("The cost of changing a known date is not counted."))
    if not found:
        console.talk(Message("{operation} has no other slot that moves two others or fewer.", {"operation": operation}))


def _warn_unless(console: Console, sound: bool) -> None:
    if not sound:
        console.talk(Message("Warning: the plan fails its check, so the answer may be wrong. See `arshjul verify`."))


def _told(console: Console, scenario: "Scenario", alternative: "Alternative") -> str:
    from arshjul.year.planning.places.explain import fits

    cost = alternative.cost
    price = counted(abs(cost), "one point", "{n} points")
    more = Message("The plan then gets {price} worse.", {"price": price})
    less = Message("The plan then gets {price} better.", {"price": price})
    same = Message("The plan stays as good.")
    says = more if cost > 0 else less if cost < 0 else same
    return f"{console.words.say(fits(scenario, alternative))} {console.words.say(says)}"


def _alternative(alternative: "Alternative") -> dict[str, object]:
    from arshjul.year.formats.plan.changes_json import place_mapping

    return {
        **place_mapping(alternative.placement),
        "cost": alternative.cost,
        "moves": [
            {"operation": old.operation, "old": place_mapping(old), "new": None if new is None else place_mapping(new)}
            for old, new in alternative.moves
        ],
    }


@command("diff", "Changes between two plans, and parties to tell.", solves=True)
def diff(
    console: Console,
    old: Folder,
    new: Folder,
    ask: Annotated[bool, Option("--ask", "Write questions to the parties; with --json a file of changes.")] = False,
) -> None:
    from arshjul.year.folder.explain import diff
    from arshjul.year.formats.plan.changes_json import changes_mapping

    difference = diff(old, new, console.speak)
    if ask:
        _ask_parties(console, difference)
        return
    news, ends = difference.news, {"unknown_ends": [end.mapping for end in difference.unknown_ends]}
    told = changes_mapping(
        news.changes, news.tell, difference.hit, (), difference.causes, news.lost, difference.absences
    )
    if not console.answered({**told, **ends}):
        tell_changes(console, news)
        console.data(*(end.text for end in difference.unknown_ends))


def tell_changes(console: Console, found: "Notices") -> None:
    """Prints the sentences, and a message to each party."""
    console.alarm(found.alarms)
    console.data(*found.sentences)
    if not found.sentences:
        console.talk(Message("Nothing has changed."))
    for letter in found.letters:
        console.data("")
        _letter(console, letter)


def _ask_parties(console: Console, found: "Difference") -> None:
    """Prints the questions to each party; as JSON, a file of changes that says who was asked."""
    from arshjul.year.formats.plan.answers import answer_mapping

    if console.answered({"answers": [answer_mapping(question.about) for question in found.asked]}):
        return
    if not found.questions:
        console.talk(Message("Nothing to ask."))
    for number, letter in enumerate(found.questions):
        if number:
            console.data("")
        _letter(console, letter)


def _letter(console: Console, letter: "Letter") -> None:
    console.data(Message("To {name} ({contact}):", {"name": letter.name, "contact": letter.contact or letter.to.id}))
    console.data(*letter.lines, indent="  ")


@command("ask", "Further shifts to ask the police for.")
def ask(
    console: Console,
    folder: Folder,
    as_of: AsOf = None,
    most: Annotated[int, Option("--most N", "Most rows shown, most shifts combined.", min=1, max=1000)] = 10,
    every: Annotated[bool, Option("--all", "List every choice and every date to give back.")] = False,
) -> None:
    from arshjul.year.folder.explain import ask
    from arshjul.year.planning.places.police_wishes import letter

    scenario, wishes = ask(folder, as_of, console.speak)
    if not console.answered(
        {
            "further": [_wish(wish) for wish in wishes.further[:most]],
            "combined": [_wish(wish) for wish in wishes.combined[:most]],
            "instead": list(wishes.instead),
            "out_of_reach": list(wishes.out_of_reach),
            "spare": [
                {"police": unit, "date": slot.day, "shift": slot.shift}
                for unit, slots in wishes.spare.items()
                for slot in slots
            ],
        }
    ):
        console.data(*letter(scenario, wishes, most, every_one=every))


def _wish(wish: "ExtraShift") -> dict[str, object]:
    return {
        "police": wish.unit,
        "date": wish.slot.day,
        "shift": wish.slot.shift,
        "officers": wish.officers,
        "designated": wish.designated,
        "brings_in": list(wish.brings_in),
        "points": wish.points,
        "firms": list(wish.firms),
        "withdrawn_of_ten": wish.of_ten,
    }


@command("what-if", "Effect of one more team, or a looser rule.", solves=True)
def what_if(
    console: Console,
    folder: PlanFolder = None,
    db: PlanDb = None,
    party: Annotated[
        str | None, Option("--party PARTY", "The party: one more team, or two more officers, each month.")
    ] = None,
    rule: Annotated[str | None, Option("--rule RULE", "A rule or a setting, one step looser.")] = None,
    level: Annotated[str, Option("--level LEVEL", "Level of detail: busy, area or full.")] = "full",
    as_of: AsOf = None,
    time_limit: Limit = 60,
) -> None:
    from arshjul.year.agenda.channel import level_named
    from arshjul.year.folder.explain import what_if
    from arshjul.year.planning.effort import Effort
    from arshjul.year.planning.what_if import question_of, sentences, table, title

    shown = level_named(level)
    known = known_plan(console, folder, db)
    asked = question_of(known.scenario, party, rule)

    def told(n: int, of: int) -> None:
        console.show_progress(Message("{n} of {all} steps", {"n": n, "all": of}))

    found = what_if(known.scenario, known.plan, asked, as_of, Effort(time_limit), told)
    if not console.answered(_mapping(asked, found, shown)):
        console.data(*sentences(known.scenario, title(known.scenario, asked), found, shown))
        console.columns(table(found, console.words))


def _mapping(asked: "WhatIfQuestion", found: "WhatIf", level: "Level") -> dict[str, object]:
    musts, points = found.before.levels
    return {
        asked.kind: asked.id,
        "left_out": len(found.before.left_out),
        "musts": musts,
        "points": points,
        "without_fall_back": found.weak,
        "unaided": found.unaided,
        "quality": None if found.quality is None else found.quality.value,
        "steps": [_step(step, level) for step in found.steps],
        "not_reached": [loosening.of for loosening in found.asked[len(found.steps) :]],
    }


def _step(step: "Step", level: "Level") -> dict[str, object]:
    operations = {key: getattr(step, key) for key in ("came_in", "went_out", "moved", "fall_backs")}
    musts, points = step.levels
    return {
        "of": step.loosening.of,
        **{key: len(ids) for key, ids in operations.items()},
        **({"operations": operations} if level == "full" else {}),
        "musts": musts,
        "points": points,
        "quality": None if step.quality is None else {"value": step.quality.value, "bound": step.quality.bound},
        "proven": step.proven,
    }
