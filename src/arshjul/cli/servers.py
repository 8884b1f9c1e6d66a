"""The options that servers share: where they listen, where others reach them, and by which server they send mail."""

from pathlib import Path
from typing import Annotated

import typer

from arshjul.cli.options import say
from arshjul.errors import InputError, Message

Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help=say("Where to listen."))]

PagesPort = Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help=say("The port of the pages."))]

Socket = Annotated[
    Path | None,
    typer.Option("--socket", metavar="PATH", help=say("A socket for a proxy, in place of address and port.")),
]

SmtpCa = Annotated[
    Path | None,
    typer.Option(
        "--smtp-ca",
        envvar="ARSHJUL_SMTP_CA",
        metavar="FILE",
        help=say("Who may have signed the mail server's certificate (PEM)."),
    ),
]

SmtpPlain = Annotated[
    bool,
    typer.Option(
        "--smtp-plain",
        envvar="ARSHJUL_SMTP_PLAIN",
        help=say("Send in the clear where a mail server on another machine offers no encryption."),
    ),
]

CarriesFeeds = Annotated[
    bool,
    typer.Option(
        "--portal-feeds",
        envvar="ARSHJUL_PORTAL_FEEDS",
        help=say("Carry the rendered feeds to the portal's database too, for `serve --portal-db`."),
    ),
]

PortalUrl = Annotated[
    str,
    typer.Option(
        "--portal-url",
        envvar="ARSHJUL_PORTAL_URL",
        metavar="URL",
        help=say("Where the portal is reached: addresses of contacts begin with it."),
    ),
]


def no_socket(header: str) -> InputError:
    """The refusal of a header that names who is signed in, where others than a proxy reach the server."""
    return InputError(
        Message("Whoever reaches a port could write the header {name}: say --socket too.", {"name": header})
    )


def place_of_mail(given: str, authority: Path | None, plain: bool) -> tuple[str, int]:
    """The host and port of a mail server. InputError if it is none, or if the two options contradict each other."""
    host, _, port = given.rpartition(":")
    if not (host and port.isdigit()):
        raise InputError(Message("{given} is no mail server: write HOST:PORT.", {"given": given}))
    if authority is not None and plain:
        raise InputError(Message("--smtp-ca asks for encryption, which --smtp-plain does without: name one of them."))
    return host.strip("[]"), int(port)
