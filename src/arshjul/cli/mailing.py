"""post: what waits in the outbox, sent by mail."""

from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import FOUND_WRONG, Console
from arshjul.cli.database import DEFAULT_DB, By, Db, actor, now
from arshjul.cli.options import Commands, say
from arshjul.cli.servers import PortalUrl, SmtpCa, SmtpPlain, place_of_mail
from arshjul.errors import InputError, Message
from arshjul.texts import counted

if TYPE_CHECKING:
    from arshjul.actions.mail.mailing import Mailing


@command
def post(
    console: Console,
    smtp: Annotated[str, typer.Option("--smtp", metavar="HOST:PORT", help=say("The mail server."))] = "localhost:25",
    sender: Annotated[str, typer.Option("--sender", metavar="ADDRESS", help=say("The sender's mail address."))] = "",
    base_url: Annotated[str, typer.Option("--base-url", metavar="URL", help=say("The console's public address."))] = "",
    feeds_url: Annotated[
        str,
        typer.Option(
            "--feeds-url",
            envvar="ARSHJUL_BASE_URL",
            metavar="URL",
            help=say("The calendars' public address."),
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
            help=say("The portal's database: a file, or postgresql://USER@HOST/NAME."),
        ),
    ] = "",
    portal_url: PortalUrl = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("List the mail without sending it."))] = False,
    db: Db = DEFAULT_DB,
    by: By = None,
) -> None:
    from arshjul.actions.contacts.carry import carry, make_portal
    from arshjul.actions.mail.mail_server import MailServer
    from arshjul.actions.mail.post import post as sent
    from arshjul.actions.subscribers.read_feed import is_this_computer, place_of_feeds
    from arshjul.store.store import open_store

    host, port = place_of_mail(smtp, smtp_ca, smtp_plain)
    if not dry_run and not ("@" in sender and base_url):
        raise InputError(Message("Give --sender and --base-url too."))
    if is_this_computer(base_url):
        values = {"base": base_url}
        console.talk(Message("Warning: {base} is this computer only. Parties cannot answer there.", values))
    feeds = place_of_feeds(feeds_url) if feeds_url else ""
    portal = place_of_feeds(portal_url) if portal_url else ""
    server = MailServer(host, port, sender, base_url, smtp_ca, smtp_plain, feeds, portal)
    store = open_store(db)
    carried = (lambda: carry(store, make_portal(portal_db), now())) if portal_db else None
    done = sent(store, server, actor(by), now, carried, dry_run=dry_run)
    _tell_posted(console, done)
    if any(one.fault and not dry_run for one in done):
        raise typer.Exit(FOUND_WRONG)


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
                "One could not be sent; the next run tries again.",
                "{n} could not be sent; the next run tries again.",
            )
        )


commands: Commands = {"post": (post, say("Send waiting mail; for a timer."))}
