"""publish, undo, revisions, refresh, export-static: the served plan and its history."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import REFUSED, Console, screen_width
from arshjul.cli.database import (
    DEFAULT_DB,
    By,
    Db,
    SiteKey,
    actor,
    encrypt_sites,
    maker,
    moment_in,
    now,
    say_rehearsal,
    tell_rehearsal,
)
from arshjul.cli.options import Commands, Folder, Limit, moment_or_now, say
from arshjul.errors import Message
from arshjul.texts import counted

if TYPE_CHECKING:
    from arshjul.actions.publishing.publish import Published
    from arshjul.actions.publishing.stale_revision import StaleRevision
    from arshjul.store.revisions import Revision


@command
def publish(
    console: Console,
    folder: Folder,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Why: what the others will read."))],
    db: Db = DEFAULT_DB,
    seen: Annotated[
        str | None,
        typer.Option("--seen", metavar="HASH", help=say("The current revision that the plan may replace.")),
    ] = None,
    begun: Annotated[
        list[str] | None,
        typer.Option("--begun", metavar="ID", help=say("Move an operation that has begun; repeatable.")),
    ] = None,
    rehearsal: Annotated[
        bool, typer.Option("--rehearsal", help=say("Rehearse, in a database for that alone."))
    ] = False,
    site_key: SiteKey = None,
    by: By = None,
) -> None:
    from arshjul.actions.folder.reading import opened
    from arshjul.actions.publishing.publish import Cause, publish_to
    from arshjul.actions.publishing.stale_revision import StaleRevision

    read = opened(folder, console.speak)
    try:
        cause = Cause(reason, actor(by), now(), rehearsal, frozenset(begun or ()))
        make = maker(console, site_key, actor(by))
        store, done = publish_to(db, read, cause, seen, make)
    except StaleRevision as error:
        _tell_stale(console, error)
        raise typer.Exit(REFUSED) from None
    if rehearsal:
        say_rehearsal(console, store.name)
    if console.as_json:
        tell = {} if done.news is None else done.news.tell
        console.json(
            {**_done(done), "tell": [{"party": party, "operations": list(ids)} for party, ids in tell.items()]}
        )
        return
    _tell_done(console, done)
    for sentence in () if done.news is None else done.news.sentences:
        console.talk(sentence)


@command
def undo(
    console: Console,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=say("Why: what the others will read."))],
    db: Db = DEFAULT_DB,
    revision: Annotated[
        int | None,
        typer.Option("--revision", metavar="N", help=say("The revision to undo; default: the last one.")),
    ] = None,
    again: Annotated[bool, typer.Option("--again", help=say("Let its entries wait again."))] = False,
    mail: Annotated[bool, typer.Option("--mail", help=say("Mail the parties that have an address."))] = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="T", help=say("The moment, local time; default: now."))
    ] = None,
    time_limit: Limit = 60,
    site_key: SiteKey = None,
    by: By = None,
) -> None:
    from arshjul.actions.draft.publish_draft import publish_undo
    from arshjul.actions.publishing.publish import Cause
    from arshjul.actions.publishing.stale_revision import StaleRevision
    from arshjul.planning.effort import Effort
    from arshjul.store.store import open_store

    store = open_store(db).with_key(site_key)
    encrypt_sites(console, store, actor(by))
    cause, effort = Cause(reason, actor(by), now(), tell_rehearsal(console, store)), Effort(time_limit)
    try:
        done = publish_undo(store, revision, cause, effort, again=again, mail=mail, as_of=moment_or_now(as_of))
    except StaleRevision as error:
        _tell_stale(console, error)
        raise typer.Exit(REFUSED) from None
    if console.as_json:
        more = {"undone": done.undone.revision.number, "stay": list(done.stay), "proven": done.is_proven}
        console.json({**_done(done.published), **more})
        return
    for sentence in done.stay.values():
        console.talk(sentence)
    _tell_done(console, done.published)
    for sentence in () if done.published.news is None else done.published.news.sentences:
        console.talk(sentence)


@command
def revisions(console: Console, db: Db = DEFAULT_DB) -> None:
    from arshjul.actions.publishing.revisions import KINDS, reason_said
    from arshjul.actions.publishing.revisions import revisions as listed
    from arshjul.actions.publishing.served_revision import zone_of
    from arshjul.store.store import open_store

    store = open_store(db)
    is_rehearsal = tell_rehearsal(console, store)
    found = listed(store)
    if console.as_json:
        console.json(
            {
                "served": found.served,
                "rehearsal": is_rehearsal,
                "revisions": [_revision(revision.revision, revision.causes) for revision in found.revisions],
            }
        )
        return
    zone = zone_of(store)
    for listing in found.revisions:
        one, causes = listing.revision, listing.causes
        at = moment_in(zone, one.published_at)
        because = f" ({', '.join(causes)})" if causes else ""
        mark = "*" if one.number == found.served else " "
        kind, reason = console.words.say(KINDS[one.kind]), console.words.say(reason_said(one))
        console.data(f"{mark} {one.number:>4}  {at}  {kind:<11} {one.actor}: {reason}{because}")


@command
def refresh(console: Console, db: Db = DEFAULT_DB, site_key: SiteKey = None, by: By = None) -> None:
    from arshjul.actions.publishing.publish import refresh
    from arshjul.store.store import open_store

    store = open_store(db).with_key(site_key)
    encrypt_sites(console, store, actor(by))
    tell_rehearsal(console, store)
    done = refresh(store, actor(by), now())
    if console.as_json:
        console.json(_done(done))
    elif done.is_new:
        _tell_done(console, done)
    else:
        console.talk(Message("Nothing has changed."))


@command
def export_static(
    console: Console,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help=say("Where to write."))],
    db: Db = DEFAULT_DB,
    key_file: Annotated[
        Path, typer.Option("--key-file", metavar="FILE", help=say("The key file of the names; created if missing."))
    ] = Path("arshjul-export.key"),
    client: Annotated[
        str,
        typer.Option(
            "--client",
            metavar="PROGRAM",
            help=say("Write each feed for google too, which hides what is cancelled."),
        ),
    ] = "",
) -> None:
    from arshjul.actions.subscribers.export_static import export_static
    from arshjul.actions.subscribers.subscribers import content_titled, level_titled
    from arshjul.store.store import open_store

    done = export_static(open_store(db), folder, key_file, client)
    if console.as_json:
        console.json({"folder": str(folder), "feeds": [one.mapping for one in done]})
        return
    for one in done:
        level, held = (console.words.say(said) for said in (level_titled(one.level), content_titled(one.content)))
        console.data(f"{one.party:<30} {level:<17} {held:<31} {one.client:<6} {one.path}")
    console.talk(Message("The names are secret: give each to its party only, and let no server list the folder."))
    if not client:
        console.talk(Message("Google hides what is cancelled: give --client google too."))


def _tell_done(console: Console, done: "Published") -> None:
    named = {"number": done.revision.number, "version": done.revision.plan_revision}
    if not done.is_new:
        console.talk(Message("Published already: revision {number}, version {version} of the plan.", named))
    else:
        n = len({feed.party for feed in done.changed} - {"coordinator"})
        console.talk(
            counted(
                n,
                "Revision {number}, version {version} of the plan, is published. One party's calendar has changed.",
                "Revision {number}, version {version} of the plan, is published. The calendars of "
                "{n} parties have changed.",
                **named,
            )
        )
        if done.news is not None:
            console.talk(
                counted(
                    len(done.news.letters),
                    "One party is to be told of changes.",
                    "{n} parties are to be told of changes.",
                )
            )
    if screen_width(sys.stdout) is None:  # for a program; a person has read it above
        console.data(str(done.revision.number))


def _tell_stale(console: Console, error: "StaleRevision") -> None:
    sentences = [console.words.say(sentence) for sentence in error.differences]
    console.talk(error.message)
    if console.as_json:
        console.json(
            {
                "refused": "stale",
                "current": error.current,
                "hash": error.hash,
                "reason": error.reason,
                "another_plan": error.is_another,
                "differences": sentences,
            }
        )
        return
    console.talk(error.heading)
    for sentence in sentences:
        console.data(sentence)


def _done(done: "Published") -> dict[str, object]:
    return {
        **_revision(done.revision, {}),
        "new": done.is_new,
        "changed": [feed._asdict() for feed in done.changed],
    }


def _revision(one: "Revision", causes: Mapping[str, str]) -> dict[str, object]:
    return {
        "revision": one.number,
        "kind": one.kind,
        "reason": one.reason,
        "by": one.actor,
        "published_at": one.published_at.isoformat(timespec="seconds"),
        "as_of": one.as_of.isoformat(timespec="seconds"),
        "plan_revision": one.plan_revision,
        "hash": one.hash,
        "causes": [json.loads(body) for body in causes.values()],
    }


commands: Commands = {
    "publish": (publish, say("Publish a plan to its subscribers.")),
    "undo": (undo, say("Take back the last publishing.")),
    "revisions": (revisions, say("List revisions: when, by whom and why.")),
    "refresh": (refresh, say("Refresh the published plan; every night.")),
    "export-static": (export_static, say("Published calendars as files, for a web server.")),
}
