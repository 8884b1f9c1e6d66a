"""console, portal, serve, post: what runs for long, or by a timer."""

from contextlib import ExitStack
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from arshjul.cli.command import Option, ReadAs, command
from arshjul.cli.console import FOUND_WRONG, Console, Ended
from arshjul.cli.options import (
    DEFAULT_DB,
    LONGEST_S,
    By,
    Db,
    OpenDb,
    SiteKey,
    actor,
    encrypted,
    lacking,
    needs,
    now,
    opened,
    speak_as,
)
from arshjul.cli.servers import (
    CarriesFeeds,
    FeedsUrl,
    GroundsFile,
    Host,
    Port,
    PortalBaseUrl,
    PortalDb,
    PortalUrl,
    ProxyList,
    Sender,
    SheetKeysOrNone,
    Smtp,
    SmtpCa,
    SmtpPlain,
    Socket,
    TrustHeader,
    own_file,
    place,
    place_of_mail,
    refuse_forgeable,
    sheet_office,
    tell_if_this_computer,
    trial_portal,
)
from arshjul.errors import InputError, Message
from arshjul.year.texts import counted

if TYPE_CHECKING:
    from arshjul.office.mail.mailing import Mailing
    from arshjul.office.store.store import Store


@command("console", "The coordinator's pages, on this machine alone.")
def console(
    console: Console,
    *,
    db: Db = DEFAULT_DB,
    host: Host = "127.0.0.1",
    port: Port = 8001,
    socket: Socket = None,
    trust_header: TrustHeader = None,
    role: Annotated[list[str] | None, Option("--role NAME=ROLE", "A user and its role; for --trust-header.")] = None,
    host_name: Annotated[list[str] | None, Option("--host-name NAME", "The console's host name in browsers.")] = None,
    time_limit: Annotated[float, Option("--time-limit S", "Seconds for the whole solve.", min=1, max=LONGEST_S)] = 60,
    feeds_url: FeedsUrl = "",
    portal_db: PortalDb = "",
    portal_url: PortalUrl = "",
    portal_feeds: CarriesFeeds = False,
    portal: Annotated[bool, Option("--portal", "Serve the portal too, on this computer only.")] = False,
    portal_port: Annotated[int, Option("--portal-port N", "The portal's port, for --portal.", min=0, max=65535)] = 8002,
    sheet_keys: SheetKeysOrNone = None,
    grounds: GroundsFile = None,
    site_key: SiteKey = None,
    by: Annotated[str, Option("--name --by NAME", "Name in the log; default: the signed-in user."), ReadAs(actor, "")],
) -> None:
    from arshjul.office.console.app import ConsoleServer, Trust, serve
    from arshjul.office.console.portal_sync import PortalSync
    from arshjul.office.console.runner import Runner
    from arshjul.office.store.locks import in_use
    from arshjul.serving.guards import LOOPBACK
    from arshjul.serving.server import on_path, on_port

    refuse_forgeable(trust_header, socket)
    if not portal and (sheet_keys or grounds):
        raise needs("--sheet-keys, --grounds", "--portal")
    trust = Trust(trust_header, _roles(role or [])) if trust_header is not None else None
    with ExitStack() as held:
        using = held.enter_context(in_use(db, is_console=True))
        speak_as(console, store := opened(db))
        store = _with_its_key(console, store, site_key, by)
        if portal:
            trial = held.enter_context(
                trial_portal(console, portal_db or own_file(db), portal_port, sheet_keys, grounds)
            )
            portal_db, portal_url = trial.portal_db, portal_url or trial.url
        made = ConsoleServer(
            store,
            Runner(db, ceil(time_limit), site_key, using.name),
            trust=trust,
            hosts=LOOPBACK | {name.lower() for name in host_name or []},
            portal_sync=PortalSync(store, portal_db, now, portal_feeds) if portal_db else None,
            feeds_url=place(feeds_url),
            portal_url=place(portal_url),
            has_sheets=not portal or sheet_keys is not None,
        )
        listening = on_port(host, port) if socket is None else on_path(socket)
        if trust is None and socket is None:
            _tell_link(console, store, by, (host, listening.getsockname()[1]))
            tell_reach(console, host, made.feeds_url)
        serve(made, listening, is_only=using.is_only)


def _with_its_key(console: Console, store: "Store", site_key: Path | None, by: str) -> "Store":
    """The database with its sites encrypted, if there is a key.

    InputError if the key is not the one with which its sites were encrypted.
    """
    from arshjul.office.store.site_key import refuse_other_key

    with store.with_key(site_key).reading() as rows:
        refuse_other_key(rows)
    return encrypted(console, store, site_key, by)


def _tell_link(console: Console, store: "Store", person: str, place: tuple[str, int]) -> None:
    """Prints a link for signing in, which works once."""
    from arshjul.office.console.sessions import invite

    host, port = place
    link = invite(store, person, "coordinator", now())
    name = f"[{host}]" if ":" in host else host
    console.data(f"http://{name}:{port}/in/{link}")
    console.talk(Message("Open this address in a browser; the address works once. Ctrl-C ends the console."))


def tell_reach(console: Console, host: str, feeds_url: str) -> None:
    """Prints which of the given-out addresses work on this computer only, and what to do about it."""
    from arshjul.office.subscribers.read_feed import is_this_computer

    tell_if_this_computer(console, feeds_url, "--feeds-url")
    if is_this_computer(f"http://[{host}]" if ":" in host else f"http://{host}"):
        console.talk(
            Message(
                "Parties cannot answer online: the console is on this computer only. Take answers by "
                "phone, or run it on a server (docs/drift.md)."
            )
        )


def _roles(given: list[str]) -> dict[str, str]:
    from arshjul.office.console.visit import ROLES

    roles: dict[str, str] = {}
    for text in given:
        name, _, role = text.partition("=")
        if not name or role not in ROLES:
            values = {"given": text, "roles": list(ROLES)}
            raise InputError(Message("{given} names no role: write NAME=ROLE, with one of {roles}.", values))
        roles[name] = role
    return roles


@command("portal", "The parties' pages, on the internet.")
def portal(
    console: Console,
    *,
    portal_db: PortalDb,
    host: Host = "127.0.0.1",
    port: Port = 8002,
    socket: Socket = None,
    proxy: ProxyList = None,
    base_url: PortalBaseUrl = "",
    smtp: Smtp = "",
    sender: Sender = "",
    smtp_ca: SmtpCa = None,
    smtp_plain: SmtpPlain = False,
    feeds_url: FeedsUrl = "",
    trust_header: TrustHeader = None,
    reader: Annotated[
        list[str] | None, Option("--reader NAME=PARTY", "A user and its party; for --trust-header.")
    ] = None,
    sheet_keys: SheetKeysOrNone = None,
    grounds: GroundsFile = None,
) -> None:
    from arshjul.portal.app import PortalServer, serve
    from arshjul.portal.store.schema import open_own
    from arshjul.serving.connections import Proxies
    from arshjul.serving.guards import LOOPBACK
    from arshjul.serving.mail_server import MailServer
    from arshjul.serving.server import on_path, on_port

    refuse_forgeable(trust_header, socket)
    if bool(smtp) is not ("@" in sender):
        raise needs("--smtp", "--sender ADDRESS") if smtp else needs("--sender", "--smtp HOST:PORT")
    mail = MailServer(*place_of_mail(smtp, smtp_ca, smtp_plain), sender, "", smtp_ca, smtp_plain) if smtp else None
    scheme, _, reached = place(base_url).partition("://")
    made = PortalServer(
        open_own(portal_db),
        hosts=LOOPBACK | ({_host_of(reached)} if reached else set()),
        is_of_https=scheme == "https",
        mail=mail,
        feeds_url=place(feeds_url),
        trust_header=trust_header or "",
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
            values = {"given": text}
            raise InputError(
                Message("{given} names no party: write NAME=PARTY, as anna@example.se=agency-miljo.", values)
            )
        found.setdefault(name, set()).add(party)
    return found


def _host_of(place: str) -> str:
    """The host in HOST, HOST:PORT, or [ADDRESS]:PORT, followed by a path or not."""
    host = place.partition("/")[0].lower()
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


@command("serve", "The calendar server.")
def serve(
    _: Console,
    *,
    db: Db = DEFAULT_DB,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    metrics_port: Annotated[
        int, Option("--metrics-port N", "The local port for metrics; 0: none.", min=0, max=65535)
    ] = 9464,
    proxy: ProxyList = None,
    portal_db: Annotated[
        str, Option("--portal-db URL", "Serve feeds from the portal's database, instead of --db.")
    ] = "",
) -> None:
    from arshjul.office.feeds.app import of_portal, of_year, serve
    from arshjul.office.store.locks import in_use
    from arshjul.office.store.outside_feeds import open_feeds
    from arshjul.serving.connections import Proxies

    proxies = Proxies(proxy or ())
    if portal_db:
        serve(of_portal(open_feeds(portal_db)), host, port, metrics_port or None, proxies)
        return
    with in_use(db):
        serve(of_year(opened(db)), host, port, metrics_port or None, proxies)


@command("post", "Send waiting mail; for a timer.")
def post(
    console: Console,
    *,
    smtp: Annotated[str, Option("--smtp HOST:PORT", "The mail server.")] = "localhost:25",
    sender: Annotated[str, Option("--sender ADDRESS", "The sender's mail address.")] = "",
    base_url: Annotated[str, Option("--base-url URL", "The console's public address.")] = "",
    feeds_url: FeedsUrl = "",
    smtp_ca: SmtpCa = None,
    smtp_plain: SmtpPlain = False,
    portal_db: PortalDb = "",
    portal_url: PortalUrl = "",
    dry_run: Annotated[bool, Option("--dry-run", "List the mail without sending it.")] = False,
    store: OpenDb,
    by: By,
) -> None:
    from arshjul.office.mail.post import post
    from arshjul.office.subscribers.read_feed import is_this_computer
    from arshjul.office.sync.sync import carry, make_portal
    from arshjul.serving.mail_server import MailServer

    reached = place_of_mail(smtp, smtp_ca, smtp_plain)
    if not dry_run and not ("@" in sender and base_url):
        raise lacking({"--sender ADDRESS": "@" in sender, "--base-url URL": base_url})
    if is_this_computer(base_url):
        values = {"base": base_url}
        console.talk(Message("Warning: {base} is this computer only. Parties cannot answer there.", values))
    server = MailServer(*reached, sender, base_url, smtp_ca, smtp_plain, place(feeds_url), place(portal_url))
    carried = (lambda: carry(store, make_portal(portal_db), now())) if portal_db else None
    done = post(store, server, by, now, carried, dry_run=dry_run)
    _tell_posted(console, done)
    if any(mailing.fault and not dry_run for mailing in done):
        raise Ended(FOUND_WRONG)


def _tell_posted(console: Console, done: "list[Mailing]") -> None:
    from arshjul.office.mail.post import fault_said

    faults = [mailing.fault and console.words.say(fault_said(mailing.fault)) for mailing in done]
    told = list(zip(done, faults, strict=True))
    if console.answered(
        [{"party": one.party, "to": one.address, "subject": one.subject, "fault": fault or None} for one, fault in told]
    ):
        return
    console.data(*(f"{one.party} <{one.address}>: {one.subject}{fault and f' – {fault}'}" for one, fault in told))
    console.talk(counted(len(done), "One message.", "{n} messages."))
    if n := sum(bool(fault) for fault in faults):
        console.talk(
            counted(
                n,
                "One could not be sent; the next run tries again.",
                "{n} could not be sent; the next run tries again.",
            )
        )
