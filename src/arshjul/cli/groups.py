"""The help of `arshjul`: its commands in six groups, those of one subject under one name."""

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from arshjul.cli.console import own_words
from arshjul.cli.usage import Group
from arshjul.errors import Message

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
