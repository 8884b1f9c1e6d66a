"""The commands together."""

import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from arshjul import __version__
from arshjul.cli import (
    ask,
    boards,
    check,
    contacts,
    filling,
    mailing,
    maintenance,
    plans,
    publishing,
    questions,
    replanning,
    report,
    sheets,
    stress,
    subscriptions,
    today,
    what_if,
    workbooks,
    year_console,
    year_files,
    year_log,
)
from arshjul.cli.begun_again import SOLVING, survive_crashes
from arshjul.cli.console import INTERRUPTED, own_words
from arshjul.cli.groups import FAMILIES, SHOWN, Main, own_name
from arshjul.cli.options import say
from arshjul.cli.usage import Command, Group
from arshjul.garbage import search_rarely
from arshjul.limits import write_no_core
from arshjul.own_faults import tell_no_words

COMMANDS = (
    check.commands
    | plans.commands
    | replanning.commands
    | filling.commands
    | today.commands
    | report.commands
    | questions.commands
    | ask.commands
    | what_if.commands
    | stress.commands
    | year_log.commands
    | workbooks.commands
    | boards.commands
    | publishing.commands
    | subscriptions.commands
    | contacts.commands
    | sheets.commands
    | maintenance.commands
    | mailing.commands
    | year_console.commands
    | year_files.commands
)
"""The function and the help of each command."""

_PLAIN: Any = {
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


def arshjul(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=say("Show the version."))
    ] = False,
) -> None:
    """Options of all commands."""


def command_line(names: Iterable[str]) -> typer.Typer:
    """The command line with these commands and families."""
    made = typer.Typer(
        name="arshjul",
        cls=Main,
        options_metavar=say("[OPTIONS]"),
        subcommand_metavar=say("COMMAND [ARGUMENTS]..."),
        help=say("Plans the year of joint agency operations."),
        **_PLAIN,
    )
    made.callback()(arshjul)
    for name in names:
        if name in FAMILIES:
            made.add_typer(_family(name), name=name)
        else:
            _add(made, name, name, hidden=name not in SHOWN)
    return made


def _family(name: str) -> typer.Typer:
    does, members = FAMILIES[name]
    made = typer.Typer(
        name=name,
        cls=Group,
        options_metavar=say("[OPTIONS]"),
        subcommand_metavar=say("COMMAND [ARGUMENTS]..."),
        help=own_words().say(does),
        **_PLAIN,
    )
    for member, command in members.items():
        _add(made, member, command)
    return made


def _add(to: typer.Typer, name: str, command: str, *, hidden: bool = False) -> None:
    body, help_text = COMMANDS[command]
    to.command(name, cls=Command, help=help_text, options_metavar=say("[OPTIONS]"), hidden=hidden)(body)


app = command_line([*COMMANDS, *FAMILIES])


def main() -> None:
    """The command line as a process of its own."""
    if own_name(sys.argv[1:]) in SOLVING:
        survive_crashes()
    search_rarely()
    run()


def run() -> None:
    """Runs the command line. Tracebacks are shown only with --debug."""
    write_no_core()
    if "--debug" not in sys.argv:
        tell_no_words()
    try:
        asked = sys.argv[1:2]
        # Typer reads the parameters of all commands, which can take longer than the command itself
        (command_line(asked) if {*COMMANDS, *FAMILIES} & {*asked} else app)()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        # Only the kind of error: its text may contain secrets.
        typer.echo(
            say("Internal error ({kind}): run again with --debug.", kind=type(error).__name__),
            err=True,
        )
        sys.exit(1)
