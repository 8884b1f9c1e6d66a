"""The commands together: their groups in the help, and the process, which begins again after a crash."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, NoReturn

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
from arshjul.cli.command import COMMANDS, SOLVING, say
from arshjul.cli.console import INTERRUPTED, INTERRUPTION, own_words
from arshjul.cli.usage import Command, Group
from arshjul.errors import Message
from arshjul.system.processes import are_engines_apart, is_crash, tune_gc, with_engines_apart, write_no_core
from arshjul.system.uncaught import log_uncaught

FAMILIES: Mapping[str, tuple[Message, Mapping[str, str]]] = {
    "address": (
        Message("Calendar addresses: hand out, revoke, list."),
        {"add": "subscribe", "end": "unsubscribe", "list": "subscribers"},
    ),
    "contact": (
        Message("Contacts of the portal: invite, revoke, list."),
        {"add": "invite", "end": "revoke", "list": "contacts"},
    ),
    "export": (
        Message("Write calendars or wheel anew."),
        {"feeds": "feeds", "wheel": "wheel", "static": "export-static"},
    ),
    "purge": (Message("Erase old objects or a sheet for good."), {"sites": "purge-sites", "sheets": "purge-sheets"}),
    "board": (Message("Write or solve a board file."), {"dump": "dump", "solve": "solve"}),
}
"""Commands of one subject: what it does, and each member's own name, which is a command too."""

GROUPS: tuple[tuple[Message, tuple[str, ...]], ...] = (
    (Message("Planning"), ("check", "plan", "replan", "fill", "today", "turn")),
    (Message("Analyse"), ("explain", "diff", "log", "report", "ask", "what-if", "stress", "verify")),
    (Message("Publish"), ("publish", "undo", "revisions", "refresh", "address", "contact", "export")),
    (Message("Services"), ("console", "portal", "serve", "post", "sync")),
    (Message("Database"), ("import", "checkout", "backup", "restore", "doctor", "purge")),
    (Message("Files"), ("workbook", "sheet", "schema", "board")),
)
"""The commands shown, by group. Others are called by their names, or stand in a family."""

SHOWN = frozenset(name for _, names in GROUPS for name in names)

BEGINNING = (
    ("arshjul plan SCENARIO -o FOLDER", Message("make the year's plan, wheel and calendars")),
    ("arshjul today FOLDER", Message("the day's tasks")),
    ("arshjul console", Message("the coordinator's pages in a browser")),
)


def own_name(words: Sequence[str]) -> str | None:
    """The own name of the command that a command line calls, also where it is called by its family."""
    name, member = (*words, "", "")[:2]
    return FAMILIES[name][1].get(member) if name in FAMILIES else name


class Main(Group):
    """All commands, shown by group."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Reads what stands before the command; where nothing stands there at all, a person is told how to begin."""
        if not args and not ctx.resilient_parsing:
            typer.echo(_beginning(), err=True)
            raise typer.Exit(2)
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Writes each group's commands, with what they do."""
        words = own_words()
        for title, names in GROUPS:
            commands = ((name, self.get_command(ctx, name)) for name in names)
            with formatter.section(words.say(title)):
                formatter.write_dl([(name, command.help or "") for name, command in commands if command is not None])


def _beginning() -> str:
    words = own_words()
    width = max(len(call) for call, _ in BEGINNING)
    lines = (f"  {call:<{width}}  {words.say(does)}" for call, does in BEGINNING)
    return "\n".join([words("Begin with:"), *lines, "", words("`arshjul --help` shows all commands.")])


_PASSED_ON = frozenset({signal.SIGINT, signal.SIGTERM})
_DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG


def survive_crashes() -> None:
    """Continues in a child. The parent never returns: it ends as the child does, or starts the command once more.

    On other systems than Linux, and the second time, this does nothing.
    """
    if are_engines_apart() or sys.platform != "linux" or not hasattr(os, "fork"):
        return
    ours = {*_PASSED_ON, signal.SIGCHLD}
    usual, parent = signal.pthread_sigmask(signal.SIG_BLOCK, ours), os.getpid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # the process that started this one may have ignored it
    child = os.fork()
    if child == 0:
        _end_with(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)
        return
    code = _ended(child, ours)
    if is_crash(code):
        name = signal.Signals(-code).name
        typer.echo(say("An engine crashed ({signal}). The command starts again.", signal=name), err=True)
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], with_engines_apart())
    if code < 0:
        with contextlib.suppress(OSError):  # uncatchable signals have no handler to reset
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)
        os.kill(parent, -code)
    os._exit(code)


def _end_with(parent: int) -> None:
    """Makes the system kill this process when the parent dies."""
    import ctypes

    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _ended(child: int, ours: set[signal.Signals]) -> int:
    """The child's exit code, in the convention of `subprocess`."""
    while True:
        heard = signal.sigwaitinfo(ours)
        if heard.si_signo == signal.SIGCHLD:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
        elif heard.si_code <= 0:  # sent by a process, not by the system
            os.kill(child, heard.si_signo)


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
    tune_gc()
    run()


def end_interrupted(why: Message = INTERRUPTION) -> NoReturn:
    """Ends the process after a Ctrl-C outside a command. Another one is not heard: the interpreter would tell of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    typer.echo(say.say(why), err=True)
    sys.exit(INTERRUPTED)


def run() -> None:
    """Runs the command line. Tracebacks are shown only with --debug."""
    write_no_core()
    if "--debug" not in sys.argv:
        log_uncaught()
    try:
        asked = sys.argv[1:2]
        # Typer reads the parameters of all commands, which can take longer than the command itself
        (command_line(asked) if {*COMMANDS, *FAMILIES} & {*asked} else app)()
    except KeyboardInterrupt:
        end_interrupted()
    except SystemExit as ended:
        if isinstance(getattr(ended.__context__, "__cause__", None), KeyboardInterrupt):  # Typer says nothing of it
            end_interrupted()
        raise
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        # Only the kind of error: its text may contain secrets.
        typer.echo(say("Internal error ({kind}): run again with --debug.", kind=type(error).__name__), err=True)
        sys.exit(1)
