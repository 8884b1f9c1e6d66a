"""console: the coordinator's pages."""

from contextlib import ExitStack
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.database import DEFAULT_DB, Db, SiteKey, actor, encrypt_sites, now
from arshjul.cli.options import LONGEST_S, Commands, say
from arshjul.cli.servers import CarriesFeeds, Host, PagesPort, PortalUrl, Socket, no_socket
from arshjul.cli.sheet_files import GroundsFile, SheetKeysOption
from arshjul.cli.trial_portal import beside, own_file
from arshjul.errors import InputError, Message

if TYPE_CHECKING:
    from arshjul.store.store import Store


@command
def console(
    console: Console,
    db: Db = DEFAULT_DB,
    host: Host = "127.0.0.1",
    port: PagesPort = 8001,
    socket: Socket = None,
    trust_header: Annotated[
        str | None,
        typer.Option(
            "--trust-header", metavar="NAME", help=say("The proxy's header with the signed-in user; with --socket.")
        ),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option("--role", metavar="NAME=ROLE", help=say("A user and its role; for --trust-header.")),
    ] = None,
    host_name: Annotated[
        list[str] | None,
        typer.Option("--host-name", metavar="NAME", help=say("The console's host name in browsers.")),
    ] = None,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=1, max=LONGEST_S, metavar="S", help=say("Seconds for the whole solve."))
    ] = 60,
    feeds_url: Annotated[
        str,
        typer.Option(
            "--feeds-url",
            envvar="ARSHJUL_BASE_URL",
            metavar="URL",
            help=say("The calendars' public address."),
        ),
    ] = "",
    portal_db: Annotated[
        str,
        typer.Option(
            "--portal-db",
            envvar="ARSHJUL_PORTAL_DB",
            metavar="URL",
            help=say("The portal's database: a file, or postgresql://USER@HOST/NAME."),
        ),
    ] = "",
    portal_url: PortalUrl = "",
    portal_feeds: CarriesFeeds = False,
    portal: Annotated[bool, typer.Option("--portal", help=say("Serve the portal too, on this computer only."))] = False,
    portal_port: Annotated[
        int, typer.Option("--portal-port", min=0, max=65535, metavar="N", help=say("The portal's port, for --portal."))
    ] = 8002,
    sheet_keys: SheetKeysOption = None,
    grounds: GroundsFile = None,
    site_key: SiteKey = None,
    by: Annotated[
        str | None,
        typer.Option(
            "--name",
            "--by",
            metavar="NAME",
            help=say("Name in the log; default: the signed-in user."),
        ),
    ] = None,
) -> None:
    from arshjul.actions.subscribers.read_feed import place_of_feeds
    from arshjul.console.app import ConsoleServer, Trust, serve
    from arshjul.console.carrier import PortalCarrier
    from arshjul.console.runner import Runner
    from arshjul.serving.guards import LOOPBACK
    from arshjul.serving.server import on_path, on_port
    from arshjul.store.in_use import in_use

    if trust_header is not None and socket is None:
        raise no_socket(trust_header)
    if not portal and (sheet_keys or grounds):
        raise InputError(
            Message("{option} needs {needed}.", {"option": "--sheet-keys, --grounds", "needed": "--portal"})
        )
    trust = None if trust_header is None else Trust(trust_header, _roles(role or []))
    with ExitStack() as held:
        using = held.enter_context(in_use(db, is_console=True))
        store = _opened(console, db, site_key, actor(by))
        if portal:
            trial = held.enter_context(beside(console, portal_db or own_file(db), portal_port, sheet_keys, grounds))
            portal_db, portal_url = trial.portal_db, portal_url or trial.url
        made = ConsoleServer(
            store,
            Runner(db, ceil(time_limit), site_key, using.name),
            trust=trust,
            hosts=LOOPBACK | {name.lower() for name in host_name or []},
            carrier=PortalCarrier(store, portal_db, now, portal_feeds) if portal_db else None,
            feeds_url=place_of_feeds(feeds_url) if feeds_url else "",
            portal_url=place_of_feeds(portal_url) if portal_url else "",
            has_sheets=not portal or sheet_keys is not None,
        )
        listening = on_port(host, port) if socket is None else on_path(socket)
        if trust is None and socket is None:
            _tell_link(console, store, actor(by), (host, listening.getsockname()[1]))
            tell_reach(console, host, made.feeds_url)
        serve(made, listening, is_only=using.is_only)


def _opened(terminal: Console, db: str, site_key: Path | None, by: str) -> "Store":
    """The database, brought up to date, with its sites encrypted if there is a key.

    InputError if the key is not the one with which its sites were encrypted.
    """
    from arshjul.store.site_key import refuse_other_key
    from arshjul.store.store import open_store

    store = open_store(db).with_key(site_key)
    with store.reading() as rows:
        refuse_other_key(rows)
    encrypt_sites(terminal, store, by)
    return store


def _tell_link(terminal: Console, store: "Store", person: str, place: tuple[str, int]) -> None:
    """Prints a link for signing in, which works once."""
    from arshjul.console.sessions import invite

    host, port = place
    link = invite(store, person, "coordinator", now())
    name = f"[{host}]" if ":" in host else host
    terminal.data(f"http://{name}:{port}/in/{link}")
    terminal.talk(Message("Open this address in a browser; the address works once. Ctrl-C ends the console."))


def tell_reach(terminal: Console, host: str, feeds_url: str) -> None:
    """Prints which of the given-out addresses work on this computer only, and what to do about it."""
    from arshjul.actions.subscribers.read_feed import is_this_computer

    if not feeds_url or is_this_computer(feeds_url):
        terminal.talk(
            Message(
                "Calendar addresses work on this computer only. Give {option} https://HOST, or set ARSHJUL_BASE_URL.",
                {"option": "--feeds-url"},
            )
        )
    if is_this_computer(f"http://[{host}]" if ":" in host else f"http://{host}"):
        terminal.talk(
            Message(
                "Parties cannot answer online: the console is on this computer only. Take answers by "
                "phone, or run it on a server (docs/drift.md)."
            )
        )


def _roles(given: list[str]) -> dict[str, str]:
    from arshjul.console.visit import ROLES

    roles: dict[str, str] = {}
    for text in given:
        name, _, role = text.partition("=")
        if not name or role not in ROLES:
            values = {"given": text, "roles": list(ROLES)}
            raise InputError(Message("{given} names no role: write NAME=ROLE, with one of {roles}.", values))
        roles[name] = role
    return roles


commands: Commands = {"console": (console, say("The coordinator's pages, on this machine alone."))}
