"""serve, backup, restore, doctor, purge-sites: running the service, and maintaining its data."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import FOUND_WRONG, Console
from arshjul.cli.database import DEFAULT_DB, By, Db, SiteKey, actor, now
from arshjul.cli.options import Commands, say
from arshjul.cli.servers import Host
from arshjul.cli.subscriptions import BaseUrl
from arshjul.errors import Message
from arshjul.texts import counted

if TYPE_CHECKING:
    from arshjul.actions.database.backup import Copied


@command
def serve(
    _: Console,
    db: Db = DEFAULT_DB,
    host: Host = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, metavar="N", help=say("The port of the feeds."))
    ] = 8000,
    metrics_port: Annotated[
        int,
        typer.Option(
            "--metrics-port",
            min=0,
            max=65535,
            metavar="N",
            help=say("The port of the figures, on the loopback; 0: none."),
        ),
    ] = 9464,
    proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--proxy",
            metavar="ADDRESS",
            help=say("A proxy that may say for whom it asks: an IP address, or a network."),
        ),
    ] = None,
    portal_db: Annotated[
        str,
        typer.Option(
            "--portal-db",
            metavar="URL",
            help=say(
                "Serve the feeds that are carried to the portal's database, on a machine outside, in place of --db."
            ),
        ),
    ] = "",
) -> None:
    from arshjul.serving.connections import Proxies
    from arshjul.store.in_use import in_use
    from arshjul.store.portal.feeds import open_feeds
    from arshjul.store.store import open_store
    from arshjul.web.app import of_portal, of_year
    from arshjul.web.app import serve as served

    proxies = Proxies(proxy or ())
    if portal_db:
        served(of_portal(open_feeds(portal_db)), host, port, metrics_port or None, proxies)
        return
    with in_use(db):
        served(of_year(open_store(db)), host, port, metrics_port or None, proxies)


@command
def backup(
    console: Console,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("A new file; its manifest comes beside it."))],
    db: Db = DEFAULT_DB,
    with_sites: Annotated[
        bool, typer.Option("--with-sites", help=say("Copy the sites too, as far as they are encrypted."))
    ] = False,
    with_plain_sites: Annotated[
        bool, typer.Option("--with-plain-sites", help=say("Copy the sites too, also those that lie in clear."))
    ] = False,
    site_key: SiteKey = None,
) -> None:
    from arshjul.actions.database.backup import backup as copied
    from arshjul.actions.database.backup import manifest_of
    from arshjul.store.copying import TakenSites
    from arshjul.store.site_key import UNCHECKED
    from arshjul.store.store import open_store

    sites: TakenSites = "all" if with_plain_sites else "encrypted" if with_sites else "none"
    done = copied(open_store(db), file, now(), sites=sites, key_file=site_key)
    if done.in_clear:
        console.talk(
            counted(
                done.in_clear,
                "One site lies in clear in the database, and is not in the copy: say --with-plain-sites to take it "
                "along, or encrypt it with a key.",
                "{n} sites lie in clear in the database, and are not in the copy: say --with-plain-sites to take "
                "them along, or encrypt them with a key.",
            )
        )
    if console.as_json:
        fault = None if done.key_fault is None else console.words.say(done.key_fault)
        lacks = {"in_clear": done.in_clear, "unchecked": done.is_unchecked, "key_fault": fault}
        manifest = str(manifest_of(file))
        console.json({"file": str(file), "manifest": manifest, "revision": done.revision, "head": done.head, **lacks})
    else:
        console.data(str(file))
    if done.is_unchecked:
        console.talk(UNCHECKED)
    if done.key_fault is not None:
        console.talk(
            Message(
                "{file} is written, but its sites cannot all be read: {reason}",
                {"file": str(file), "reason": done.key_fault},
            )
        )
        raise typer.Exit(FOUND_WRONG)


@command
def restore(
    console: Console,
    file: Annotated[Path, typer.Argument(metavar="FILE", help=say("A backup, with its manifest beside it."))],
    db: Db = DEFAULT_DB,
    replace: Annotated[bool, typer.Option("--replace", help=say("What the database holds may go."))] = False,
    keep_addresses: Annotated[
        bool, typer.Option("--keep-addresses", help=say("Let the addresses in the backup go on working."))
    ] = False,
    by: By = None,
) -> None:
    from arshjul.actions.database.restore import restore as put_back

    done = put_back(file, db, actor(by), now(), replace=replace, keep=keep_addresses)
    if console.as_json:
        closed = {"revoked": done.revoked, "closed": dict(done.shut)}
        until = done.told_until and done.told_until.isoformat()
        told = {"owed": done.owed, "doubtful": done.doubtful, "told_until": until}
        unread = [console.words.say(one) for one in done.unread]
        console.json({"revision": done.revision, "head": done.head, **closed, **told, "unread": unread})
        return
    n, values = done.revoked, {"number": done.revision or 0}
    console.talk(
        counted(
            n,
            "Revision {number} is back; one subscriber was revoked.",
            "Revision {number} is back; {n} subscribers were revoked.",
            **values,
        )
    )
    for sentence in (*done.unread, *closed_said(done.shut), *told_said(done)):
        console.talk(sentence)
    if n:
        console.talk(
            Message(
                "`arshjul subscribe --reissue-all -o FILE.xlsx` gives each of them a new address, and writes them "
                "all into a workbook with whom to send each to; so does the console, on its page of calendars."
            )
        )
    console.data(str(done.revision or 0))


@command
def doctor(
    console: Console,
    mend: Annotated[
        bool,
        typer.Option("--mend", help=say("Take this computer's clock as right, and mend what another one spoilt.")),
    ] = False,
    db: Db = DEFAULT_DB,
    base_url: BaseUrl = "",
    site_key: SiteKey = None,
    by: By = None,
) -> None:
    from arshjul.actions.database.doctor import CHECK_NAMES, PART_NAMES
    from arshjul.actions.database.doctor import doctor as examined
    from arshjul.actions.publishing.publish import mend as mended
    from arshjul.store.store import open_store

    if mend:
        done = mended(open_store(db), actor(by), now())
        if done.is_new:
            console.talk(Message("Revision {number} is served, mended.", {"number": done.revision.number}))
    found = examined(db, now(), base_url, site_key)
    findings = [{"check": f.check, "warning": f.is_warning, "text": console.words.say(f.text)} for f in found.findings]
    if console.as_json:
        console.json(
            {
                "sound": found.is_sound,
                "revision": found.revision,
                "head": found.head,
                "versions": found.versions,
                "findings": findings,
            }
        )
    else:
        for one in found.findings:
            console.data(console.words("{check}: {text}", check=CHECK_NAMES[one.check], text=one.text))
        for name, version in found.versions.items():
            said = console.words.say(PART_NAMES[name]) if name in PART_NAMES else name
            console.data(f"{said}: {version}")
        if found.is_sound:
            values = {"number": found.revision or 0, "head": found.head or "-"}
            console.talk(Message("Everything is as it was written. Revision {number} has the hash {head}.", values))
    if not found.is_sound:
        raise typer.Exit(FOUND_WRONG)


def told_said(done: "Copied") -> Iterator[Message]:
    """Sentences about the parties with waiting messages, and about messages that may or may not have been sent."""
    from arshjul.actions.database.doctor import owed_said
    from arshjul.store.audit import utc

    if done.told_until is not None:
        yield Message(
            "It is not known what was told after {moment}, when the copy was made: parties that were told "
            "something else than what holds now must be told again.",
            {"moment": utc(done.told_until)},
        )
    if done.doubtful:
        yield counted(
            done.doubtful,
            "One message waited in the copy, and may have gone since: it is not mailed, and stands on the page Outbox "
            "among those to call.",
            "{n} messages waited in the copy, and may have gone since: they are not mailed, and stand on the page "
            "Outbox among those to call.",
        )
    if done.owed:
        yield owed_said(done.owed)


def closed_said(shut: Mapping[str, int]) -> list[Message]:
    """Sentences about addresses other than calendars', sessions and links that a restore has closed."""
    said = (
        counted(
            shut["answer_address"],
            "One address at which a party answers was closed: hand it out anew from the console.",
            "{n} addresses at which parties answer were closed: hand them out anew from the console.",
        ),
        counted(
            shut["contact_address"],
            "One contact's address was closed: give it a new one.",
            "{n} contacts' addresses were closed: give them new ones.",
        ),
        counted(
            shut["session"],
            "One person was signed out of the console.",
            "{n} sessions of the console were ended: everybody signs in again.",
        ),
        counted(
            shut["sign_in"],
            "One link into the console that nobody had used was closed.",
            "{n} links into the console that nobody had used were closed.",
        ),
    )
    return [
        one
        for name, one in zip(("answer_address", "contact_address", "session", "sign_in"), said, strict=True)
        if shut[name]
    ]


@command
def purge_sites(
    console: Console,
    days: Annotated[
        int,
        typer.Option(
            "--older-than-days",
            min=0,
            max=36500,
            metavar="N",
            help=say("Of revisions older than that; never of what is served."),
        ),
    ] = 365,
    db: Db = DEFAULT_DB,
    by: By = None,
) -> None:
    from arshjul.actions.database.purge_sites import purge_sites as purged
    from arshjul.store.store import open_store

    store = open_store(db)
    done = purged(store, days, actor(by), now())
    if console.as_json:
        console.json({"purged": done.n, "forgotten": done.is_forgotten})
    else:
        console.talk(counted(done.n, "One site was removed.", "{n} sites were removed."))
    if not done.is_forgotten:
        console.talk(
            Message(
                "What was removed can still be found in the files of {name}, since another process is reading "
                "there: run `arshjul purge-sites` again when it has ended.",
                {"name": store.name},
            )
        )
        raise typer.Exit(FOUND_WRONG)


commands: Commands = {
    "serve": (serve, say("The calendar server.")),
    "backup": (backup, say("Copy the database while it is in use.")),
    "restore": (restore, say("Put a backup back, and revoke every address.")),
    "doctor": (
        doctor,
        say("Check the whole database."),
    ),
    "purge-sites": (purge_sites, say("Remove the sites of old revisions.")),
}
