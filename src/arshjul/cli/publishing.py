"""publish, undo, revisions, refresh, export-static: the served plan and its history."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from arshjul.cli.command import Argument, Option, command
from arshjul.cli.console import REFUSED, Console, Ended, screen_width
from arshjul.cli.options import (
    DEFAULT_DB,
    AsOf,
    By,
    Db,
    Folder,
    Limit,
    OpenDb,
    Rehearsal,
    SiteKey,
    encrypted,
    maker,
    moment_in,
    now,
    say_rehearsal,
    tell_rehearsal,
)
from arshjul.errors import Message
from arshjul.year.texts import counted

if TYPE_CHECKING:
    from arshjul.office.publishing.publish import Published
    from arshjul.office.store.revisions import Revision

Reason = Annotated[str, Option("--reason TEXT", "Why: what the others will read.")]


@command("publish", "Publish a plan to its subscribers.")
def publish(
    console: Console,
    *,
    folder: Folder,
    reason: Reason,
    db: Db = DEFAULT_DB,
    seen: Annotated[str | None, Option("--seen HASH", "The current revision that the plan may replace.")] = None,
    begun: Annotated[list[str] | None, Option("--begun ID", "Move an operation that has begun; repeatable.")] = None,
    rehearsal: Rehearsal = False,
    site_key: SiteKey = None,
    by: By,
) -> None:
    from arshjul.office.publishing.publish import Cause, publish_to
    from arshjul.year.folder.reading import opened

    read = opened(folder, console.speak)
    cause = Cause(reason, by, now(), rehearsal, frozenset(begun or ()))
    with _unless_stale(console):
        store, done = publish_to(db, read, cause, seen, maker(console, site_key, by))
    if rehearsal:
        say_rehearsal(console, store.name)
    tell = {} if done.news is None else done.news.tell
    told = [{"party": party, "operations": list(ids)} for party, ids in tell.items()]
    if not console.answered({**_done(done), "tell": told}):
        _tell_done(console, done)
        console.talk(*(() if done.news is None else done.news.sentences))


@command("undo", "Take back the last publishing.")
def undo(
    console: Console,
    *,
    reason: Reason,
    store: OpenDb,
    revision: Annotated[int | None, Option("--revision N", "The revision to undo; default: the last one.")] = None,
    again: Annotated[bool, Option("--again", "Let its entries wait again; otherwise they are taken back too.")] = False,
    mail: Annotated[bool, Option("--mail", "Mail the parties that have an address.")] = False,
    as_of: AsOf = None,
    time_limit: Limit = 60,
    site_key: SiteKey = None,
    by: By,
) -> None:
    from arshjul.office.draft.publish_draft import publish_undo
    from arshjul.office.publishing.publish import Cause
    from arshjul.year.planning.effort import Effort

    store = encrypted(console, store, site_key, by)
    cause, effort = Cause(reason, by, now(), tell_rehearsal(console, store)), Effort(time_limit)
    with _unless_stale(console):
        done = publish_undo(store, revision, cause, effort, again=again, mail=mail, as_of=as_of)
    more = {"undone": done.undone.revision.number, "stay": list(done.stay), "proven": done.is_proven}
    if not console.answered({**_done(done.published), **more, "entries": list(done.entries)}):
        console.talk(*done.stay.values())
        _tell_done(console, done.published)
        if done.entries:
            number = {"number": done.undone.revision.number}
            heading = Message("The entries of revision {number} wait again:", number)
            if not again:
                heading = Message(
                    "The entries of revision {number} are taken back too; with --again they would wait again:", number
                )
            console.talk(heading, *done.entries)
        console.talk(*(() if done.published.news is None else done.published.news.sentences))


@command("revisions", "List revisions: when, by whom and why.")
def revisions(console: Console, store: OpenDb) -> None:
    from arshjul.office.publishing.revisions import KINDS, reason_said, revisions
    from arshjul.office.publishing.served_revision import zone_of

    is_rehearsal = tell_rehearsal(console, store)
    revision_list = revisions(store)
    told = [_revision(revision.revision, revision.causes) for revision in revision_list.revisions]
    if console.answered({"served": revision_list.served, "rehearsal": is_rehearsal, "revisions": told}):
        return
    zone = zone_of(store)
    for listing in revision_list.revisions:
        one, causes = listing.revision, listing.causes
        at = moment_in(zone, one.published_at)
        because = f" ({', '.join(causes)})" if causes else ""
        mark = "*" if one.number == revision_list.served else " "
        kind, reason = console.words.say(KINDS[one.kind]), console.words.say(reason_said(one))
        console.data(f"{mark} {one.number:>4}  {at}  {kind:<11} {one.actor}: {reason}{because}")


@command("refresh", "Refresh the published plan; every night.")
def refresh(console: Console, *, store: OpenDb, site_key: SiteKey = None, by: By) -> None:
    from arshjul.office.publishing.publish import refresh

    store = encrypted(console, store, site_key, by)
    tell_rehearsal(console, store)
    done = refresh(store, by, now())
    if console.answered(_done(done)):
        return
    if done.is_new:
        _tell_done(console, done)
    else:
        console.talk(Message("Nothing has changed."))


@command("export-static", "Published calendars as files, for a web server.")
def export_static(
    console: Console,
    *,
    folder: Annotated[Path, Argument("DIR", "Where to write.")],
    store: OpenDb,
    key_file: Annotated[Path, Option("--key-file FILE", "The key file of the names; created if missing.")] = Path(
        "arshjul-export.key"
    ),
    client: Annotated[
        str, Option("--client PROGRAM", "Write each feed for google too, which hides what is cancelled.")
    ] = "",
) -> None:
    from arshjul.office.subscribers.export_static import export_static
    from arshjul.office.subscribers.subscribers import content_titled, level_titled

    done = export_static(store, folder, key_file, client)
    if console.answered({"folder": folder, "feeds": [exported.mapping for exported in done]}):
        return
    for exported in done:
        level, held = (
            console.words.say(title) for title in (level_titled(exported.level), content_titled(exported.content))
        )
        console.data(f"{exported.party:<30} {level:<17} {held:<31} {exported.client:<6} {exported.path}")
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
            n_told = len(done.news.letters)
            console.talk(
                counted(n_told, "One party is to be told of changes.", "{n} parties are to be told of changes.")
            )
    if screen_width(sys.stdout) is None:  # for a program; a person has read it above
        console.data(str(done.revision.number))


@contextmanager
def _unless_stale(console: Console) -> Iterator[None]:
    """Ends the command where another revision has come between, with what differs."""
    from arshjul.office.publishing.stale_revision import StaleRevision

    try:
        yield
    except StaleRevision as error:
        console.talk(error.message)
        if not console.answered(
            {
                "refused": "stale",
                "current": error.current,
                "hash": error.hash,
                "reason": error.reason,
                "another_plan": error.is_another,
                "differences": list(error.differences),
            }
        ):
            console.talk(error.heading)
            console.data(*error.differences)
        raise Ended(REFUSED) from None


def _done(done: "Published") -> dict[str, object]:
    changed = [feed._asdict() for feed in done.changed]
    return {**_revision(done.revision, {}), "new": done.is_new, "changed": changed}


def _revision(one: "Revision", causes: Mapping[str, str]) -> dict[str, object]:
    return {
        "revision": one.number,
        "kind": one.kind,
        "reason": one.reason,
        "by": one.actor,
        "published_at": one.published_at,
        "as_of": one.as_of,
        "plan_revision": one.plan_revision,
        "hash": one.hash,
        "causes": [json.loads(body) for body in causes.values()],
    }
