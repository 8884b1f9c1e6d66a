"""The options that servers share: where they listen, where others reach them, and by which server they send mail."""

from pathlib import Path
from typing import Annotated

import typer

from arshjul.cli.options import say
from arshjul.errors import InputError, Message

Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help=say("Where to listen."))]

PagesPort = Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help=say("The port to listen on."))]

Socket = Annotated[
    Path | None,
    typer.Option("--socket", metavar="PATH", help=say("A socket for a proxy, instead of a port.")),
]

SmtpCa = Annotated[
    Path | None,
    typer.Option(
        "--smtp-ca",
        envvar="ARSHJUL_SMTP_CA",
        metavar="FILE",
        help=say("The certificate of the mail server's issuer (PEM)."),
    ),
]

SmtpPlain = Annotated[
    bool,
    typer.Option(
        "--smtp-plain",
        envvar="ARSHJUL_SMTP_PLAIN",
        help=say("Send in plain text if the mail server offers no encryption."),
    ),
]

CarriesFeeds = Annotated[
    bool,
    typer.Option(
        "--portal-feeds",
        envvar="ARSHJUL_PORTAL_FEEDS",
        help=say("Sync the feeds too, for `serve --portal-db`."),
    ),
]

PortalUrl = Annotated[
    str,
    typer.Option(
        "--portal-url",
        envvar="ARSHJUL_PORTAL_URL",
        metavar="URL",
        help=say("The portal's public address."),
    ),
]


def no_socket(header: str) -> InputError:
    """The refusal of a header that names who is signed in, where others than a proxy reach the server."""
    return InputError(Message("Anyone can forge {name} on a port: give --socket too.", {"name": header}))


def place_of_mail(given: str, authority: Path | None, plain: bool) -> tuple[str, int]:
    """The host and port of a mail server. InputError if it is none, or if the two options contradict each other."""
    host, _, port = given.rpartition(":")
    if not (host and port.isdigit()):
        raise InputError(Message("{given} is no mail server: write HOST:PORT.", {"given": given}))
    if authority is not None and plain:
        raise InputError(Message("Give either {one} or {other}.", {"one": "--smtp-ca", "other": "--smtp-plain"}))
    return host.strip("[]"), int(port)
