"""console, import, checkout: the year in the database, and the coordinator's pages."""

from contextlib import ExitStack
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import FOUND_WRONG, Console
from arshjul.cli.database import DEFAULT_DB, By, Db, SiteKey, actor, encrypt_sites, maker, now
from arshjul.cli.options import LONGEST_S, Commands, Out, say
from arshjul.cli.sheet_files import GroundsFile, SheetKeysOption
from arshjul.cli.trial_portal import beside, own_file
from arshjul.errors import InputError, Message
from arshjul.texts import counted

if TYPE_CHECKING:
    from arshjul.actions.draft.draft import Draft
    from arshjul.actions.mail.mailing import Mailing
    from arshjul.formats.own.proposal import ColumnProposal
    from arshjul.store.store import Store


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


@command
def console(
    console: Console,
    db: Db = DEFAULT_DB,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help=say("Where to listen."))] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="N", help=say("The port of the pages."))
    ] = 8001,
    socket: Annotated[
        Path | None,
        typer.Option("--socket", metavar="PATH", help=say("A socket for a proxy, in place of address and port.")),
    ] = None,
    trust_header: Annotated[
        str | None,
        typer.Option(
            "--trust-header", metavar="NAME", help=say("The header in which the proxy names who is signed in.")
        ),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option("--role", metavar="NAME=ROLE", help=say("Who may come in, and as what; for --trust-header.")),
    ] = None,
    host_name: Annotated[
        list[str] | None,
        typer.Option("--host-name", metavar="NAME", help=say("A name under which browsers reach the console.")),
    ] = None,
    time_limit: Annotated[
        float, typer.Option("--time-limit", min=1, max=LONGEST_S, metavar="S", help=say("Seconds for each solve."))
    ] = 60,
    feeds_url: Annotated[
        str,
        typer.Option(
            "--feeds-url",
            envvar="ARSHJUL_BASE_URL",
            metavar="URL",
            help=say("Where the feeds are served: addresses that are handed out begin with it."),
        ),
    ] = "",
    portal_db: Annotated[
        str,
        typer.Option(
            "--portal-db",
            envvar="ARSHJUL_PORTAL_DB",
            metavar="URL",
            help=say("The portal's database: what is sent there is fetched every few seconds."),
        ),
    ] = "",
    portal_url: PortalUrl = "",
    portal_feeds: CarriesFeeds = False,
    portal: Annotated[
        bool, typer.Option("--portal", help=say("Serve the portal too, for this computer alone, to try it out."))
    ] = False,
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
            help=say("Who comes in by the link, and stands in the log; default: who is logged in."),
        ),
    ] = None,
) -> None:
    from arshjul.actions.subscribers.public_address import place_of_feeds
    from arshjul.console.app import ConsoleServer, Trust
    from arshjul.console.carrier import PortalCarrier
    from arshjul.console.runner import Runner
    from arshjul.console.serve import serve
    from arshjul.serving.guards import LOOPBACK
    from arshjul.serving.listening import on_path, on_port
    from arshjul.store.in_use import in_use

    if trust_header is not None and socket is None:
        raise InputError(
            Message("Whoever reaches a port could write the header {name}: say --socket too.", {"name": trust_header})
        )
    if not portal and (sheet_keys or grounds):
        raise InputError(
            Message("--sheet-keys and --grounds are of the portal: say --portal too, or start it by itself.")
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

    store = open_store(db, bring_up_to_date=True).with_key(site_key)
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
    terminal.talk(Message("Open this address in a browser: it lets you in once. Ctrl-C ends the console."))


def tell_reach(terminal: Console, host: str, feeds_url: str) -> None:
    """Prints which of the given-out addresses work on this computer only, and what to do about it."""
    from arshjul.actions.subscribers.public_address import is_this_computer

    if not feeds_url or is_this_computer(feeds_url):
        terminal.talk(
            Message(
                "Nobody has said where others reach the calendars, so the addresses of calendars that you hand out "
                "work for nobody else: start with --feeds-url https://HOST, or set ARSHJUL_BASE_URL."
            )
        )
    if is_this_computer(f"http://[{host}]" if ":" in host else f"http://{host}"):
        terminal.talk(
            Message(
                "The console is reached from this computer alone, and so are the addresses at which parties are to "
                "answer: take their answers on the telephone, or let it run on a server (docs/drift.md)."
            )
        )


def _roles(given: list[str]) -> dict[str, str]:
    from arshjul.console.access import ROLES

    roles: dict[str, str] = {}
    for text in given:
        name, _, role = text.partition("=")
        if not name or role not in ROLES:
            values = {"given": text, "roles": list(ROLES)}
            raise InputError(Message("{given} names no role: write NAME=ROLE, with one of {roles}.", values))
        roles[name] = role
    return roles


@command
def bring_in(
    console: Console,
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help=say("A plan folder, a scenario or a workbook."))],
    db: Db = DEFAULT_DB,
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help=say("Try a year out, in a database that is for that alone."))
    ] = False,
    map_path: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help=say("Which columns of your own spreadsheet are which; a new file is proposed."),
        ),
    ] = None,
    rest: Annotated[
        Path | None,
        typer.Option(
            "--rest", metavar="SCENARIO", help=say("Where shifts, areas and agencies come from, for a new --map.")
        ),
    ] = None,
    replace_edit: Annotated[
        bool, typer.Option("--replace-edit", help=say("An edit that waits there for a plan may go."))
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help=say("Another year that lies there without a plan may go."))
    ] = False,
    site_key: SiteKey = None,
    by: By = None,
) -> None:
    from arshjul.actions.draft.import_year import import_year
    from arshjul.actions.draft.sent_workbook import workbook_scenario
    from arshjul.actions.folder.own_spreadsheet import own_scenario, propose_mapping
    from arshjul.domain.known_sites import n_kept, n_kept_said
    from arshjul.formats.plan.plan_folder import is_plan_folder
    from arshjul.formats.workbook.reading import is_workbook, opened_book
    from arshjul.planning.check.secret_places import secret_doubts

    own = None
    if map_path is not None and not map_path.exists():
        _tell_mapping(console, map_path, propose_mapping(source, map_path, rest, console.speak))
        return
    if rest is not None:
        raise InputError(Message("--rest is for a new mapping: this one names it itself."))
    if map_path is not None or is_workbook(source):
        if map_path is None:
            read = workbook_scenario(opened_book(source, source.name))
        else:
            read = own_scenario(source, map_path, console.speak)
        own = read.scenario
        console.speak(own.language)
        for note in read.notes:
            console.talk(note)
    who, more = actor(by), {"rehearsal": rehearsal, "replace_edit": replace_edit, "replace_year": replace}
    opening = partial(maker(console, site_key, who), db)
    done = import_year(own or source, opening, who, now(), console.speak, **more)
    if own is not None and (n := n_kept(own, done.present)):
        console.talk(n_kept_said(n))
    for doubt in secret_doubts(done.present):
        console.talk(Message("Warning: {text}", {"text": doubt.text}))
    if console.as_json:
        console.json({"operations": len(done.scenario.operations), "planned": done.plan is not None})
        return
    _tell_year(console, done, is_new=done.plan is None or is_plan_folder(source))


def _tell_year(console: Console, done: "Draft", *, is_new: bool) -> None:
    """Prints what lies in the database now: a year that `is_new`, or beside a plan an edit that waits."""
    from arshjul.actions.draft.compare_scenario import waiting_edit

    if (edit := waiting_edit(done, done.begun(now()), console.words)) is not None:
        values = {"name": done.scenario.name, "edit": edit.summary}
        console.talk(
            Message(
                "In {name} nothing is changed yet. {edit} It waits for a plan: `arshjul console` shows it on Today.",
                values,
            )
        )
    elif not is_new:
        values = {"name": done.scenario.name}
        console.talk(Message("Nothing waits for a plan: {name} in the database says the same already.", values))
    else:
        values = {"name": done.scenario.name, "n": len(done.scenario.operations)}
        console.talk(Message("{name} is in the database, with {n} operations: `arshjul console` shows it.", values))


def _tell_mapping(console: Console, path: Path, made: "ColumnProposal") -> None:
    """Prints the proposed meaning of each column, and what to do next."""
    (sheet,) = made.map.sheets
    if console.as_json:
        columns = {
            "columns": sheet.columns,
            "always": sheet.always,
            "ignored": sheet.ignored,
            "missing": list(made.missing),
            "unsaid": list(made.unsaid),
        }
        console.json({"map": str(path), "sheet": sheet.sheet, **columns})
        return
    width = max(len(heading) for heading in (*sheet.columns, *sheet.ignored, *made.unsaid))
    for heading, ours in sheet.columns.items():
        console.data(f"{heading.ljust(width)}  {ours}  ({console.words.say(made.why[sheet.sheet, heading])})")
    for heading in sheet.ignored:
        console.data(f"{heading.ljust(width)}  –")
    for heading, why in made.unsaid.items():
        console.data(f"{heading.ljust(width)}  ?  ({console.words.say(why)})")
    for ours, why in made.guessed.items():
        values = {"heading": ours, "value": sheet.always[ours], "why": why}
        console.talk(Message("{heading} is taken to be {value} in each row ({why}).", values))
    if made.missing:
        console.talk(Message("No column was found for {missing}.", {"missing": list(made.missing)}))
    if made.no_teams is not None:
        console.talk(made.no_teams)
    values = {"file": str(path)}
    console.talk(
        Message("Look through {file}, put right what is wrong in it, and give the same command again.", values)
    )


@command
def checkout(console: Console, output: Out, db: Db = DEFAULT_DB, site_key: SiteKey = None) -> None:
    from arshjul.actions.draft.checkout import checkout as taken_out
    from arshjul.store.store import open_store

    done = taken_out(open_store(db).with_key(site_key), output, console.speak)
    if console.as_json:
        told = {"published": done.is_published, "waiting": done.n_waiting}
        console.json({"folder": str(output), "revision": done.plan.revision, **told})
        return
    values = {"folder": str(output), "n": done.plan.revision}
    if done.is_published:
        console.talk(Message("{folder} holds the year, version {n}, as it is published.", values))
    else:
        console.talk(Message("{folder} holds the year, version {n}, which is chosen and not published.", values))
    if done.n_waiting:
        console.talk(
            counted(
                done.n_waiting,
                "One entry waits for a plan, and is not in it: work the options out in the console, and choose.",
                "{n} entries wait for a plan, and are not in it: work the options out in the console, and choose.",
            )
        )


@command
def post(
    console: Console,
    smtp: Annotated[str, typer.Option("--smtp", metavar="HOST:PORT", help=say("The mail server."))] = "localhost:25",
    sender: Annotated[str, typer.Option("--sender", metavar="ADDRESS", help=say("In whose name it is sent."))] = "",
    base_url: Annotated[
        str, typer.Option("--base-url", metavar="URL", help=say("Where the parties reach the console."))
    ] = "",
    feeds_url: Annotated[
        str,
        typer.Option(
            "--feeds-url",
            envvar="ARSHJUL_BASE_URL",
            metavar="URL",
            help=say("Where the feeds are served: a party's first mail brings an address of its calendar."),
        ),
    ] = "",
    smtp_ca: SmtpCa = None,
    smtp_plain: SmtpPlain = False,
    portal_db: Annotated[
        str,
        typer.Option(
            "--portal-db",
            envvar="ARSHJUL_PORTAL_DB",
            metavar="URL",
            help=say("The portal's database: an address of a contact is brought there before it is mailed."),
        ),
    ] = "",
    portal_url: PortalUrl = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("Say what would be sent, and send nothing."))] = False,
    db: Db = DEFAULT_DB,
    by: By = None,
) -> None:
    from arshjul.actions.contacts.carry import carry, make_portal
    from arshjul.actions.mail.mail_server import MailServer
    from arshjul.actions.mail.post import post as sent
    from arshjul.actions.subscribers.public_address import is_this_computer, place_of_feeds
    from arshjul.store.store import open_store

    host, port = place_of_mail(smtp, smtp_ca, smtp_plain)
    if not dry_run and not ("@" in sender and base_url):
        raise InputError(Message("Say in whose name with --sender, and with --base-url where answers are given."))
    if is_this_computer(base_url):
        values = {"base": base_url}
        console.talk(
            Message("Warning: {base} is this computer alone: nobody else can answer at the addresses sent.", values)
        )
    feeds = place_of_feeds(feeds_url) if feeds_url else ""
    portal = place_of_feeds(portal_url) if portal_url else ""
    server = MailServer(host, port, sender, base_url, smtp_ca, smtp_plain, feeds, portal)
    store = open_store(db)
    carried = (lambda: carry(store, make_portal(portal_db), now())) if portal_db else None
    done = sent(store, server, actor(by), now, carried, dry_run=dry_run)
    _tell_posted(console, done)
    if any(one.fault and not dry_run for one in done):
        raise typer.Exit(FOUND_WRONG)


def place_of_mail(given: str, authority: Path | None, plain: bool) -> tuple[str, int]:
    """The host and port of a mail server. InputError if it is none, or if the two options contradict each other."""
    host, _, port = given.rpartition(":")
    if not (host and port.isdigit()):
        raise InputError(Message("{given} is no mail server: write HOST:PORT.", {"given": given}))
    if authority is not None and plain:
        raise InputError(Message("--smtp-ca asks for encryption, which --smtp-plain does without: name one of them."))
    return host.strip("[]"), int(port)


def _tell_posted(console: Console, done: "list[Mailing]") -> None:
    from arshjul.actions.mail.post import fault_said

    faults = [one.fault and console.words.say(fault_said(one.fault)) for one in done]
    if console.as_json:
        console.json(
            [
                {"party": one.party, "to": one.address, "subject": one.subject, "fault": fault or None}
                for one, fault in zip(done, faults, strict=True)
            ]
        )
        return
    for one, fault in zip(done, faults, strict=True):
        console.data(f"{one.party} <{one.address}>: {one.subject}{fault and f' – {fault}'}")
    console.talk(counted(len(done), "One message.", "{n} messages."))
    if n := sum(bool(fault) for fault in faults):
        console.talk(
            counted(
                n,
                "One of them could not be sent: it waits, and is tried again the next time.",
                "{n} of them could not be sent: they wait, and are tried again the next time.",
            )
        )


commands: Commands = {
    "post": (post, say("Sends what waits in the console's outbox, by mail; for a timer.")),
    "console": (console, say("Serves the coordinator's pages, on this machine alone.")),
    "import": (bring_in, say("Puts a year into the database: a plan folder, or a scenario.")),
    "checkout": (checkout, say("Takes the year out of the database, as a plan folder.")),
}
