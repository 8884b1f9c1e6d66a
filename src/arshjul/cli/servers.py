"""Common options and objects of servers and clients: listening, mail, portal, and the portal's sheets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from arshjul.cli.command import Option
from arshjul.cli.console import Console
from arshjul.cli.options import either
from arshjul.errors import InputError, Message

if TYPE_CHECKING:
    from arshjul.portal.actions.sheets import SheetOffice

Host = Annotated[str, Option("--host ADDRESS", "Where to listen.")]
Port = Annotated[int, Option("--port N", "The port to listen on.", min=0, max=65535)]
Socket = Annotated[Path | None, Option("--socket PATH", "A socket for a proxy, instead of a port.")]
ProxyList = Annotated[list[str] | None, Option("--proxy ADDRESS", "The IP address or network of a trusted proxy.")]
TrustHeader = Annotated[
    str | None, Option("--trust-header NAME", "The proxy's header with the signed-in user; with --socket.")
]

FeedsUrl = Annotated[str, Option("--feeds-url URL", "The calendars' public address.", env="ARSHJUL_BASE_URL")]
BaseUrl = Annotated[str, Option("--base-url URL", "The calendars' public address.", env="ARSHJUL_BASE_URL")]
PortalUrl = Annotated[str, Option("--portal-url URL", "The portal's public address.", env="ARSHJUL_PORTAL_URL")]
PortalBaseUrl = Annotated[str, Option("--base-url URL", "The portal's public address.", env="ARSHJUL_PORTAL_URL")]
CarriesFeeds = Annotated[
    bool, Option("--portal-feeds", "Sync the feeds too, for `serve --portal-db`.", env="ARSHJUL_PORTAL_FEEDS")
]
_PORTAL_DB = Option(
    "--portal-db URL", "The portal's database: a file, or postgresql://USER@HOST/NAME.", env="ARSHJUL_PORTAL_DB"
)
PortalDb = Annotated[str, _PORTAL_DB]
PortalDbOrNone = Annotated[str | None, _PORTAL_DB]

Smtp = Annotated[str, Option("--smtp HOST:PORT", "The mail server.", env="ARSHJUL_SMTP")]
Sender = Annotated[str, Option("--sender ADDRESS", "The sender's mail address.", env="ARSHJUL_SENDER")]
SmtpCa = Annotated[
    Path | None,
    Option("--smtp-ca FILE", "The certificate of the mail server's issuer (PEM).", env="ARSHJUL_SMTP_CA"),
]
SmtpPlain = Annotated[
    bool,
    Option("--smtp-plain", "Send in plain text if the mail server offers no encryption.", env="ARSHJUL_SMTP_PLAIN"),
]

GroundsFile = Annotated[
    Path | None, Option("--grounds FILE", "The file of protections and grounds.", env="ARSHJUL_GROUNDS")
]
_SHEET_KEYS = Option("--sheet-keys FILE", "The keys of information sheets.", env="ARSHJUL_SHEET_KEYS")
SheetKeysFile = Annotated[Path, _SHEET_KEYS]
SheetKeysOrNone = Annotated[Path | None, _SHEET_KEYS]


def refuse_forgeable(header: str | None, socket: Path | None) -> None:
    """Refuses a header that names who is signed in, where others than a proxy reach the server."""
    if header is not None and socket is None:
        raise InputError(Message("Anyone can forge {name} on a port: give --socket too.", {"name": header}))


def place_of_mail(given: str, authority: Path | None, plain: bool) -> tuple[str, int]:
    """The host and port of a mail server. InputError if it is none, or if the two options contradict each other."""
    host, _, port = given.rpartition(":")
    if not (host and port.isdigit()):
        raise InputError(Message("{given} is no mail server: write HOST:PORT.", {"given": given}))
    if authority is not None and plain:
        raise either("--smtp-ca", "--smtp-plain")
    return host.strip("[]"), int(port)


def place(url: str) -> str:
    """The public address without what does not belong to it; "" if there is none."""
    from arshjul.office.subscribers.read_feed import place_of_feeds

    return place_of_feeds(url) if url else ""


def tell_if_this_computer(console: Console, url: str, option: str) -> None:
    """Says, where it is so, that calendar addresses work on this computer only."""
    from arshjul.office.subscribers.read_feed import is_this_computer

    if not url or is_this_computer(url):
        console.talk(
            Message(
                "Calendar addresses work on this computer only. Give {option} https://HOST, or set ARSHJUL_BASE_URL.",
                {"option": option},
            )
        )


def sheet_office(sheet_keys: Path | None, grounds: Path | None) -> "SheetOffice | None":
    """The portal's access to information sheets; None without their keys."""
    from arshjul.portal.actions.sheets import SheetOffice
    from arshjul.portal.store.sheet_keys import SheetKeys
    from arshjul.year.domain.information_sheet.sections import Grounds
    from arshjul.year.formats.information_sheet.grounds import read_grounds

    lists = Grounds() if grounds is None else read_grounds(grounds)
    return None if sheet_keys is None else SheetOffice(SheetKeys(sheet_keys), lists)


class TrialPortal(NamedTuple):
    """A portal for this computer alone: its database, and where a browser reaches it."""

    portal_db: str
    url: str


def own_file(db: str) -> str:
    """The portal's database beside the year's. InputError if that is no file."""
    from arshjul.serving.sql.engine import place

    path = place(db).path
    if path is None:
        raise InputError(Message("The year's database is no file: give --portal-db too."))
    return str(path.with_name(f"{path.stem}-portal{path.suffix}"))


@contextmanager
def trial_portal(
    console: Console, portal_db: str, port: int, sheet_keys: Path | None, grounds: Path | None
) -> Iterator[TrialPortal]:
    """Serves the portal while the block runs, in this process and for this computer alone."""
    from arshjul.office.sync.sync import make_portal
    from arshjul.portal.app import PortalServer, served_beside
    from arshjul.portal.store.schema import open_own
    from arshjul.serving.server import on_port

    make_portal(portal_db)
    listening = on_port("127.0.0.1", port)
    url = f"http://localhost:{listening.getsockname()[1]}"
    server = PortalServer(open_own(portal_db), sheets=sheet_office(sheet_keys, grounds))
    with served_beside(server, listening):
        console.talk(Message("The portal answers at {url}, on this computer only.", {"url": url}))
        yield TrialPortal(portal_db, url)
