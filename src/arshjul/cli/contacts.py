"""invite, revoke, contacts, carry, portal: who takes part at the portal."""

from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import FOUND_WRONG, Console
from arshjul.cli.database import DEFAULT_DB, By, Db, SiteKey, actor, moment_in, now, tell_rehearsal
from arshjul.cli.options import Commands, say
from arshjul.cli.servers import CarriesFeeds, Host, PagesPort, SmtpCa, SmtpPlain, Socket, no_socket, place_of_mail
from arshjul.cli.sheet_files import GroundsFile, SheetKeysOption, sheet_office
from arshjul.cli.subscriptions import Days
from arshjul.domain.contact import READS
from arshjul.errors import InputError, Message
from arshjul.texts import counted

if TYPE_CHECKING:
    from arshjul.store.contacts import Contact

PortalUrl = Annotated[
    str,
    typer.Option("--base-url", envvar="ARSHJUL_PORTAL_URL", metavar="URL", help=say("The portal's public address.")),
]

PORTAL_DB = typer.Option(
    "--portal-db",
    envvar="ARSHJUL_PORTAL_DB",
    metavar="URL",
    help=say("The portal's database: a file, or postgresql://USER@HOST/NAME."),
)
PortalDb = Annotated[str, PORTAL_DB]


MOST_TURNS = 50
"""The most turns of one command: what is left waits for the next."""


@command
def invite(
    console: Console,
    party: Annotated[str, typer.Argument(metavar="PARTY", help=say("The party: agency-ID or police-ID."))],
    function: Annotated[str, typer.Option("--function", metavar="TEXT", help=say("Its function, never a person."))],
    may: Annotated[
        str,
        typer.Option("--may", metavar="LIST", help=say("Its rights, with commas: offer, report, answer, …")),
    ],
    email: Annotated[str, typer.Option("--email", metavar="ADDRESS", help=say("Its mail address."))] = "",
    code_to: Annotated[str, typer.Option("--code-to", metavar="ADDRESS", help=say("The mail address for codes."))] = "",
    days: Days = None,
    db: Db = DEFAULT_DB,
    base_url: PortalUrl = "https://localhost",
    by: By = None,
) -> None:
    from arshjul.actions.contacts.contacts import Invitation
    from arshjul.actions.contacts.contacts import invite as invited
    from arshjul.actions.publishing.served_revision import zone_of
    from arshjul.actions.subscribers.read_feed import place_of_feeds
    from arshjul.store.store import open_store

    base, store = place_of_feeds(base_url), open_store(db)
    wanted = Invitation(party, function, [word.strip() for word in may.split(",") if word.strip()], email, code_to)
    (done,) = invited(store, [wanted], actor(by), now(), days, mail=True)
    is_rehearsal = tell_rehearsal(console, store)
    if console.as_json:
        address = {"path": done.path, "url": f"{base}{done.path}"} if done.token else {"path": None, "url": None}
        console.json({**_mapping(done.contact), **address, "rehearsal": is_rehearsal})
        return
    if not done.token:
        values = {"id": done.contact.id, "address": email}
        console.talk(
            Message(
                "Contact {id}: `arshjul post` with --portal-db and --portal-url mails its address to {address}.",
                values,
            )
        )
        return
    console.data(f"{base}{done.path}")
    values = {"until": moment_in(zone_of(store), done.contact.expires_at), "id": done.contact.id}
    console.talk(
        Message(
            "Secret address of contact {id}, shown only now. The address opens the party's pages "
            "until {until}. Do not share it.",
            values,
        )
    )


@command
def revoke(
    console: Console,
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help=say("The contact's id."))],
    db: Db = DEFAULT_DB,
    by: By = None,
) -> None:
    from arshjul.actions.contacts.contacts import revoke as revoked
    from arshjul.store.store import open_store

    done = revoked(open_store(db), contact, actor(by), now())
    if console.as_json:
        console.json(_mapping(done))
        return
    values = {"function": done.function, "party": done.party}
    console.talk(
        Message(
            "{function} of {party} is revoked here. Run `arshjul sync` to revoke it at the portal.",
            values,
        )
    )


@command
def contacts(console: Console, db: Db = DEFAULT_DB) -> None:
    from arshjul.actions.contacts.contacts import known_contacts
    from arshjul.store.store import open_store

    known = known_contacts(open_store(db))
    if console.as_json:
        console.json([_mapping(one) for one in known])
        return
    moment = now()
    for one in known:
        state = Message("may: {may}", {"may": list(one.may) or [READS]})
        if not one.is_open(moment):
            state = Message("ended")
        elif one.locked_at is not None:
            state = Message("locked")
        console.data(f"{one.id}  {one.party}  {one.function}")
        console.data(f"  {console.words.say(state)}")


@command
def carry(
    console: Console,
    portal_db: PortalDb,
    db: Db = DEFAULT_DB,
    site_key: SiteKey = None,
    portal_feeds: CarriesFeeds = False,
) -> None:
    from arshjul.actions.contacts.carried_views import Remembered
    from arshjul.actions.contacts.carry import carry as carried
    from arshjul.actions.contacts.carry import make_portal
    from arshjul.store.store import open_store

    store, portal, kept = open_store(db).with_key(site_key), make_portal(portal_db), Remembered(portal_feeds)
    turns = [carried(store, portal, now(), kept)]
    while turns[-1].n_left and not turns[-1].is_all_done and len(turns) < MOST_TURNS:
        turns.append(carried(store, portal, now(), kept))
    taken, faults = sum(one.n_taken for one in turns), sum(one.n_faults for one in turns)
    if console.as_json:
        console.json({"taken": taken, "faults": faults, "left": turns[-1].n_left})
    else:
        console.talk(counted(taken, "One entry received.", "{n} entries received."))
    if faults:
        console.talk(
            counted(
                faults,
                "One row was rejected: see Today in the console.",
                "{n} rows were rejected: see Today in the console.",
            )
        )
        raise typer.Exit(FOUND_WRONG)


@command
def portal(
    console: Console,
    portal_db: PortalDb,
    host: Host = "127.0.0.1",
    port: PagesPort = 8002,
    socket: Socket = None,
    proxy: Annotated[
        list[str] | None,
        typer.Option("--proxy", metavar="ADDRESS", help=say("The IP address or network of a trusted proxy.")),
    ] = None,
    base_url: PortalUrl = "",
    smtp: Annotated[
        str,
        typer.Option(
            "--smtp",
            envvar="ARSHJUL_SMTP",
            metavar="HOST:PORT",
            help=say("The mail server."),
        ),
    ] = "",
    sender: Annotated[
        str,
        typer.Option("--sender", envvar="ARSHJUL_SENDER", metavar="ADDRESS", help=say("The sender's mail address.")),
    ] = "",
    smtp_ca: SmtpCa = None,
    smtp_plain: SmtpPlain = False,
    feeds_url: Annotated[
        str,
        typer.Option(
            "--feeds-url",
            envvar="ARSHJUL_BASE_URL",
            metavar="URL",
            help=say("The calendars' public address."),
        ),
    ] = "",
    trust_header: Annotated[
        str,
        typer.Option(
            "--trust-header",
            metavar="NAME",
            help=say("The proxy's header with the signed-in user; with --socket."),
        ),
    ] = "",
    reader: Annotated[
        list[str] | None,
        typer.Option("--reader", metavar="NAME=PARTY", help=say("A user and its party; for --trust-header.")),
    ] = None,
    sheet_keys: SheetKeysOption = None,
    grounds: GroundsFile = None,
) -> None:
    from arshjul.actions.mail.mail_server import MailServer
    from arshjul.actions.subscribers.read_feed import place_of_feeds
    from arshjul.portal.app import PortalServer, serve
    from arshjul.serving.connections import Proxies
    from arshjul.serving.guards import LOOPBACK
    from arshjul.serving.server import on_path, on_port
    from arshjul.store.portal.schema import open_own

    if trust_header and socket is None:
        raise no_socket(trust_header)
    if bool(smtp) is not ("@" in sender):
        raise InputError(Message("Codes need both --smtp and --sender."))
    mail = MailServer(*place_of_mail(smtp, smtp_ca, smtp_plain), sender, "", smtp_ca, smtp_plain) if smtp else None
    base = place_of_feeds(base_url) if base_url else ""
    scheme, _, place = base.partition("://")
    hosts = LOOPBACK | ({host_of(place)} if base else set())
    made = PortalServer(
        open_own(portal_db),
        hosts=hosts,
        is_of_https=scheme == "https",
        mail=mail,
        feeds_url=place_of_feeds(feeds_url) if feeds_url else "",
        trust_header=trust_header,
        vouched=_readers(reader or []),
        sheets=sheet_office(sheet_keys, grounds),
    )
    listening = on_port(host, port) if socket is None else on_path(socket)
    if socket is None:
        values = {"host": host, "port": listening.getsockname()[1]}
        console.talk(Message("The portal answers on {host}, port {port}. Ctrl-C ends it.", values))
    serve(made, listening, Proxies(proxy or ()))


def _readers(given: list[str]) -> dict[str, set[str]]:
    found = dict[str, set[str]]()
    for text in given:
        name, _, party = text.rpartition("=")
        if not name or not party.startswith(("agency-", "police-")):
            text_of = Message(
                "{given} names no party: write NAME=PARTY, as anna@example.se=agency-miljo.", {"given": text}
            )
            raise InputError(text_of)
        found.setdefault(name, set()).add(party)
    return found


def host_of(place: str) -> str:
    """The host in HOST, HOST:PORT, or [ADDRESS]:PORT, followed by a path or not."""
    host = place.partition("/")[0].lower()
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _mapping(one: "Contact") -> dict[str, object]:
    """A contact for a program."""
    ended, locked = one.ended_at, one.locked_at
    return {
        "id": one.id,
        "party": one.party,
        "function": one.function,
        "may": list(one.may),
        "email": one.email,
        "code_to": one.code_to,
        "expires": one.expires_at.isoformat(timespec="seconds"),
        "ended": None if ended is None else ended.isoformat(timespec="seconds"),
        "locked": None if locked is None else locked.isoformat(timespec="seconds"),
    }


SYNC = say("Sync with the portal.")

commands: Commands = {
    "invite": (invite, say("Invite a party's function to the portal.")),
    "revoke": (revoke, say("Revoke a contact, its addresses and sessions.")),
    "portal": (portal, say("The parties' pages, on the internet.")),
    "carry": (carry, SYNC),
    "sync": (carry, SYNC),
    "contacts": (contacts, say("List the portal's contacts.")),
}
