"""explain, alternatives, diff: questions about a plan."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.options import AsOf, Commands, Folder, OperationId, day, moment_or_now, say
from arshjul.errors import Message
from arshjul.texts import counted

if TYPE_CHECKING:
    from arshjul.actions.folder.explain import Difference
    from arshjul.agenda.overview import UnknownEnd
    from arshjul.domain.operation import Placement
    from arshjul.domain.scenario import Scenario
    from arshjul.planning.letters.notices import Letter, Notices
    from arshjul.planning.places.finder import Alternative

INDENT = "  "
MOST_OTHERS = 5

Ask = Annotated[
    bool,
    typer.Option("--ask", help=say("Write questions to the parties; with --json a file of changes.")),
]
OnDate = Annotated[str | None, typer.Option("--date", metavar="D", help=say("Explain why it is not on this date."))]


Most = Annotated[int, typer.Option("--most", min=1, metavar="N", help=say("The number of each kind."))]
Others = Annotated[bool, typer.Option("--others", help=say("Show its best other slots, with their cost."))]


@command
def explain(
    console: Console,
    folder: Folder,
    operation: OperationId,
    date: OnDate = None,
    as_of: AsOf = None,
    others: Others = False,
    most: Most = MOST_OTHERS,
) -> None:
    from arshjul.actions.folder.explain import explain as explained

    if others:
        _show_others(console, folder, operation, as_of, most)
        return
    asked = None if date is None else day(date)
    answer = explained(folder, operation, asked, moment_or_now(as_of), console.speak)
    _warn_unless(console, answer.sound)
    found = answer.found
    if console.as_json:
        console.json(
            {
                "operation": found.operation,
                "placement": _placement(found.placement),
                "sentences": [console.words.say(sentence) for sentence in found.sentences],
                "taken": found.taken,
                "free": found.free,
                "alternatives": [_alternative(alternative) for alternative in found.alternatives],
                "history": [console.words.say(sentence) for sentence in answer.history],
            }
        )
    else:
        indent = ""
        for sentence in found.sentences:
            said = console.words.say(sentence)
            console.data(indent + said)
            indent = INDENT if said.endswith(":") else indent
        if answer.history:
            console.data(console.words("History:"))
        for sentence in answer.history:
            console.data(INDENT + console.words.say(sentence))


@command
def alternatives(
    console: Console, folder: Folder, operation: OperationId, as_of: AsOf = None, most: Most = MOST_OTHERS
) -> None:
    _show_others(console, folder, operation, as_of, most)


def _show_others(console: Console, folder: Folder, operation: str, as_of: str | None, most: int) -> None:
    from arshjul.actions.folder.explain import alternatives as others

    answer = others(folder, operation, moment_or_now(as_of), most, console.speak)
    _warn_unless(console, answer.sound)
    found = answer.found
    if console.as_json:
        console.json({"operation": operation, "alternatives": [_alternative(a) for a in found]})
        return
    for alternative in found:
        console.data(_told(console, answer.scenario, alternative))
    if not found:
        console.talk(Message("{operation} has no other slot that moves two others or fewer.", {"operation": operation}))


@command
def diff(console: Console, old: Folder, new: Folder, ask: Ask = False) -> None:
    from arshjul.actions.folder.explain import diff as difference
    from arshjul.formats.plan.changes_json import changes_mapping

    found = difference(old, new, console.speak)
    if ask:
        _ask(console, found)
    elif console.as_json:
        news, ends = found.news, {"unknown_ends": [end.mapping for end in found.unknown_ends]}
        told = changes_mapping(news.changes, news.tell, found.hit, (), found.causes, news.lost, found.absences)
        console.json({**told, **ends})
    else:
        tell_changes(console, found.news)
        tell_unknown_ends(console, found.unknown_ends)


def tell_changes(console: Console, found: "Notices") -> None:
    """Prints the sentences, and a message to each party."""
    console.alarm(found.alarms)
    for sentence in found.sentences:
        console.data(console.words.say(sentence))
    if not found.sentences:
        console.talk(Message("Nothing has changed."))
    for letter in found.letters:
        console.data("")
        _letter(console, letter)


def _ask(console: Console, found: "Difference") -> None:
    """Prints the questions to each party; as JSON, a file of changes that says who was asked."""
    if console.as_json:
        from arshjul.formats.plan.answers import answer_mapping

        console.json({"answers": [answer_mapping(question.about) for question in found.asked]})
        return
    if not found.questions:
        console.talk(Message("Nothing to ask."))
    for number, letter in enumerate(found.questions):
        if number:
            console.data("")
        _letter(console, letter)


def _letter(console: Console, letter: "Letter") -> None:
    console.data(console.words("To {name} ({contact}):", name=letter.name, contact=letter.contact or letter.to.id))
    for line in letter.lines:
        console.data("  " + console.words.say(line))


def tell_unknown_ends(console: Console, ends: Iterable["UnknownEnd"]) -> None:
    """Prints the assumed end of each withdrawal until further notice."""
    for end in ends:
        console.data(console.words.say(end.text))


def _warn_unless(console: Console, sound: bool) -> None:
    if not sound:
        console.talk(Message("Warning: the plan fails its check, so the answer may be wrong. See `arshjul verify`."))


def _told(console: Console, scenario: "Scenario", alternative: "Alternative") -> str:
    from arshjul.planning.places.explain import fits

    cost = alternative.cost
    price = counted(abs(cost), "one point", "{n} points")
    more = Message("The plan then gets {price} worse.", {"price": price})
    less = Message("The plan then gets {price} better.", {"price": price})
    same = Message("The plan stays as good.")
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
    from arshjul.formats.plan.changes_json import place_mapping

    return None if placement is None else place_mapping(placement)


commands: Commands = {
    "explain": (explain, say("Explain an operation's placement.")),
    "alternatives": (alternatives, say("The best other slots of an operation.")),
    "diff": (diff, say("Changes between two plans, and parties to tell.")),
}
