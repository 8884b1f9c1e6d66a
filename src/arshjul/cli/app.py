"""The commands together."""

import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from arshjul import __version__
from arshjul.cli import (  # noqa: F401 - they declare the commands
    boards,
    check,
    contacts,
    maintenance,
    plans,
    publishing,
    questions,
    replanning,
    report,
    services,
    sheets,
    stress,
    subscriptions,
    today,
    workbooks,
)
from arshjul.cli.begun_again import survive_crashes
from arshjul.cli.command import COMMANDS, SOLVING, say
from arshjul.cli.console import INTERRUPTED
from arshjul.cli.groups import FAMILIES, SHOWN, Main, own_name
from arshjul.cli.usage import Command, Group
from arshjul.garbage import search_rarely
from arshjul.limits import write_no_core
from arshjul.own_faults import tell_no_words

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
    made = _group("arshjul", Main, say("Plans the year of joint agency operations."))
    made.callback()(arshjul)
    for name in names:
        if name in FAMILIES:
            does, members = FAMILIES[name]
            family = _group(name, Group, say.say(does))
            for member, command in members.items():
                _add(family, member, command)
            made.add_typer(family, name=name)
        else:
            _add(made, name, name, hidden=name not in SHOWN)
    return made


def _group(name: str, kind: type[Group], does: str) -> typer.Typer:
    return typer.Typer(
        name=name,
        cls=kind,
        options_metavar=say("[OPTIONS]"),
        subcommand_metavar=say("COMMAND [ARGUMENTS]..."),
        help=does,
        **_PLAIN,
    )


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
        typer.echo(say("Internal error ({kind}): run again with --debug.", kind=type(error).__name__), err=True)
        sys.exit(1)
