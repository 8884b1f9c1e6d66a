"""log, withdrawals: the entries of a year."""

from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.known_plan import PlanDb, PlanFolder, known_plan
from arshjul.cli.options import Commands, say
from arshjul.errors import Message

if TYPE_CHECKING:
    from arshjul.actions.folder.log import WithdrawalLog
    from arshjul.cli.known_plan import KnownPlan


Withdrawals = Annotated[bool, typer.Option("--withdrawals", help=say("Only withdrawals, with plan versions."))]


@command
def log(console: Console, folder: PlanFolder = None, db: PlanDb = None, withdrawals: Withdrawals = False) -> None:
    from arshjul.actions.folder.log import withdrawal_log

    known = known_plan(console, folder, db)
    if withdrawals:
        _show_withdrawals(console, withdrawal_log(known.scenario, known.plan))
    else:
        _show(console, known)


@command
def withdrawals(console: Console, folder: PlanFolder = None, db: PlanDb = None) -> None:
    from arshjul.actions.folder.log import withdrawal_log

    known = known_plan(console, folder, db)
    _show_withdrawals(console, withdrawal_log(known.scenario, known.plan))


def _show_withdrawals(console: Console, found: "WithdrawalLog") -> None:
    from arshjul.formats.plan.log_json import withdrawal_mapping
    from arshjul.planning.letters.notices import withdrawal_sentence

    if console.as_json:
        entries = [withdrawal_mapping(withdrawal) for withdrawal in found.withdrawals]
        console.json({"withdrawals": entries, "unknown_ends": [end.mapping for end in found.unknown_ends]})
        return
    for number, withdrawal in enumerate(found.withdrawals):
        sentence = withdrawal_sentence(found.scenario, withdrawal, replaced=number in found.replaced)
        console.data(console.words.say(sentence))
    if not found.withdrawals:
        console.talk(Message("The plan has no withdrawals."))


def _show(console: Console, known: "KnownPlan") -> None:
    from arshjul.formats.plan.log_json import log_mapping
    from arshjul.planning.letters.year_log import year_log

    lines = list(year_log(known.scenario, known.plan.entries))
    if console.as_json:
        texts = [{"revision": one.entry.revision, "text": console.words.say(one.text)} for one in lines]
        console.json({**log_mapping(known.plan.entries), "log": texts})
        return
    for line in lines:
        console.data(console.words.say(line.text))
    if not lines:
        console.talk(Message("Nothing has been entered yet."))


commands: Commands = {
    "log": (log, say("The year's entries and decisions, newest first.")),
    "withdrawals": (withdrawals, say("Withdrawals, with times and causes.")),
}
