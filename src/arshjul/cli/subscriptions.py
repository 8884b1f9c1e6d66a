"""subscribe, unsubscribe, subscribers: who may read which feed."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arshjul.cli.command import command
from arshjul.cli.console import Console
from arshjul.cli.database import DEFAULT_DB, By, Db, actor, moment_in, now, tell_rehearsal
from arshjul.cli.options import WRITTEN, Commands, say
from arshjul.errors import InputError, Message
from arshjul.texts import counted

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from arshjul.actions.subscribers.subscribe import Handed
    from arshjul.actions.subscribers.subscribers import KnownSubscriber
    from arshjul.store.store import Store

MOST_ID = 2**31 - 1
"""The largest number that the database's column can hold."""

LARGE_BYTES = 900_000

SubscriberId = Annotated[int, typer.Argument(min=1, max=MOST_ID, metavar="ID", help=say("The subscriber's number."))]
BaseUrl = Annotated[
    str,
    typer.Option("--base-url", envvar="ARSHJUL_BASE_URL", metavar="URL", help=say("The calendars' public address.")),
]

ReissueAll = Annotated[bool, typer.Option("--reissue-all", help=say("New addresses for all revoked by a restore."))]
RotateAll = Annotated[bool, typer.Option("--rotate-all", help=say("New addresses for all; the old ones still work."))]
AddressBook = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help=say("Write all addresses to a new workbook.")),
    WRITTEN,
]
Days = Annotated[
    int | None,
    typer.Option(
        "--days",
        min=1,
        max=3650,
        metavar="N",
        help=say("Days valid; default: the plan and 90 days more."),
    ),
]


@command
def subscribe(
    console: Console,
    party: Annotated[
        str | None, typer.Argument(metavar="PARTY", help=say("The party: coordinator, agency-ID or police-ID."))
    ] = None,
    label: Annotated[str | None, typer.Option("--label", metavar="TEXT", help=say("The subscriber's name."))] = None,
    level: Annotated[
        str, typer.Option("--level", metavar="LEVEL", help=say("Level of detail: busy, area or full."))
    ] = "full",
    content: Annotated[
        str,
        typer.Option("--content", metavar="CONTENT", help=say("Content: operations, milestones or all.")),
    ] = "operations",
    client: Annotated[
        str,
        typer.Option(
            "--client",
            metavar="PROGRAM",
            help=say("The calendar program: google, which hides what is cancelled."),
        ),
    ] = "",
    days: Days = None,
    rotate: Annotated[
        int | None,
        typer.Option("--rotate", min=1, max=MOST_ID, metavar="ID", help=say("Give this subscriber a new address.")),
    ] = None,
    overlap_days: Annotated[
        int, typer.Option("--overlap-days", min=0, max=365, metavar="N", help=say("How long the old address goes on."))
    ] = 14,
    reissue_all: ReissueAll = False,
    rotate_all: RotateAll = False,
    output: AddressBook = None,
    db: Db = DEFAULT_DB,
    base_url: BaseUrl = "https://localhost",
    by: By = None,
) -> None:
    from arshjul.actions.publishing.served_revision import zone_of
    from arshjul.actions.subscribers.read_feed import place_of_feeds
    from arshjul.actions.subscribers.subscribe import Wanted
    from arshjul.actions.subscribers.subscribe import rotate as renewed
    from arshjul.actions.subscribers.subscribe import subscribe as subscribed
    from arshjul.store.store import open_store

    base, store = place_of_feeds(base_url), open_store(db)
    if reissue_all or rotate_all:
        overlap = overlap_days if rotate_all else None
        _to_all(console, store, Bulk(days, overlap, output, base), by)
        return
    if output is not None:
        raise InputError(
            Message("{option} needs {needed}.", {"option": "--output", "needed": "--reissue-all, --rotate-all"})
        )
    if rotate is not None:
        handed = renewed(store, rotate, days, overlap_days, actor(by), now())
    elif party is None or label is None:
        raise InputError(Message("Give a party, and the subscriber with --label."))
    else:
        handed = subscribed(store, Wanted(party, level, content, client), label, days, actor(by), now())
    is_rehearsal = tell_rehearsal(console, store)
    if console.as_json:
        console.json({**_handed(handed, base), "rehearsal": is_rehearsal})
    else:
        _tell(console, handed, base, zone_of(store))
    _warn_of(console, base)


@dataclass(frozen=True, slots=True)
class Bulk:
    """New addresses for many subscribers.

    `days`: how long they are valid; None: until 90 days after the plan. `overlap_days`: how long the old ones remain
    valid; None: only for subscribers whose addresses a restore has revoked.
    """

    days: int | None
    overlap_days: int | None
    output: Path | None
    base: str


def _to_all(console: Console, store: "Store", asked: Bulk, by: str | None) -> None:
    """Gives out many addresses; with an output file, the file is written before any of them becomes valid."""
    from arshjul.actions.subscribers.subscribe import reissue
    from arshjul.actions.subscribers.subscribe import rotate_all as renewed
    from arshjul.actions.subscribers.subscribers import address_book, published_scenario
    from arshjul.formats.atomic import write_named
    from arshjul.formats.workbook.reading import refuse_other_endings

    if asked.output is not None:
        refuse_other_endings(asked.output)
    scenario = published_scenario(store)
    if asked.overlap_days is None:
        handing_out = reissue(store, asked.days, actor(by), now())
    else:
        handing_out = renewed(store, asked.days, asked.overlap_days, actor(by), now())
    with handing_out as anew:
        if asked.output is not None and anew:
            write_named(asked.output, address_book(scenario, anew, asked.base))
    tell_rehearsal(console, store)
    _tell_all(console, anew, asked)
    _warn_of(console, asked.base)


def _tell_all(console: Console, anew: "list[Handed]", asked: Bulk) -> None:
    if console.as_json:
        console.json([_handed(one, asked.base) for one in anew])
        return
    for one in anew:
        who, mapping = one.subscriber, _handed(one, asked.base)
        console.data(f"{who.id:>4}  {who.party:<28} {who.label}")
        if asked.output is None:
            console.data(f"      {mapping['https']}")
            console.data(f"      {mapping['webcal']}")
    if asked.output is not None and anew:
        values = {"file": str(asked.output)}
        console.talk(Message("The secret addresses are only in {file}: hand them out from there.", values))
    console.talk(
        counted(
            len(anew),
            "One new address is handed out. The address is secret, and shown only now.",
            "{n} new addresses are handed out. The addresses are secret, and shown only now.",
        )
    )


def _handed(handed: "Handed", base: str) -> dict[str, object]:
    """A new address for a program."""
    one, path = handed.subscriber, f"/feeds/{handed.token}.ics"
    return {
        "subscriber": one.id,
        "party": one.party,
        "level": one.level,
        "content": one.content,
        "client": one.client,
        "label": one.label,
        "token": handed.token,
        "path": path,
        "https": f"{base}{path}",
        "webcal": f"webcal://{base.partition('://')[2]}{path}",
        "expires_at": handed.expires_at.isoformat(timespec="seconds"),
    }


def _warn_of(console: Console, base: str) -> None:
    """Warns if the addresses work on this computer only."""
    from arshjul.actions.subscribers.read_feed import is_this_computer

    if is_this_computer(base):
        console.talk(
            Message(
                "Calendar addresses work on this computer only. Give {option} https://HOST, or set ARSHJUL_BASE_URL.",
                {"option": "--base-url"},
            )
        )


@command
def unsubscribe(console: Console, id: SubscriberId, db: Db = DEFAULT_DB, by: By = None) -> None:
    from arshjul.actions.subscribers.subscribe import unsubscribe as revoked
    from arshjul.store.store import open_store

    gone = revoked(open_store(db), id, actor(by), now())
    if console.as_json:
        console.json({"subscriber": gone.id, "party": gone.party, "label": gone.label})
    else:
        values = {"id": gone.id, "label": gone.label}
        console.talk(Message("Subscriber {id} ({label}) is revoked from the next request.", values))
        console.talk(Message("Feeds at the portal answer until the next `arshjul sync`."))


@command
def subscribers(console: Console, db: Db = DEFAULT_DB) -> None:
    from arshjul.actions.publishing.served_revision import zone_of
    from arshjul.actions.subscribers.subscribers import STATES, content_titled, level_titled, program_said
    from arshjul.actions.subscribers.subscribers import subscribers as known
    from arshjul.agenda.view import last_day
    from arshjul.store.store import open_store

    store = open_store(db)
    found, moment = known(store), now()
    if console.as_json:
        console.json([_mapping(one, moment) for one in found])
        return
    zone = zone_of(store)
    for one in found:
        who, fetch = one.subscriber, one.fetch
        last = (
            console.words("never fetched")
            if fetch is None
            else f"{moment_in(zone, fetch.at)} {console.words.say(program_said(fetch.client))}"
        )
        until = "" if one.expires_at is None else f"{last_day(one.expires_at, zone)}"
        state = console.words.say(STATES[one.state(moment)])
        level = console.words.say(level_titled(who.level))
        held = console.words.say(content_titled(who.content))
        console.data(f"{who.id:>4}  {who.party}  {level}  {held}")
        console.data(f"      {who.label}  {state}  {until}  {last}")


def _tell(console: Console, handed: "Handed", base: str, zone: "tzinfo") -> None:
    """Prints the address to standard output, how to use it to standard error."""
    from arshjul.agenda.channel import GOOGLE_STEPS, STEPS
    from arshjul.agenda.view import last_day

    mapping = _handed(handed, base)
    console.data(str(mapping["https"]))
    console.data(str(mapping["webcal"]))
    values = {"id": handed.subscriber.id, "until": last_day(handed.expires_at, zone)}
    console.talk(Message("Subscriber {id}, valid until {until}. The address is secret, and shown only now.", values))
    console.talk(Message("Subscribe by address; opening it imports only once:"))
    for step in GOOGLE_STEPS if handed.subscriber.client == "google" else STEPS:
        console.talk(step)
    if handed.size > LARGE_BYTES:
        console.talk(_too_large(handed))


def _too_large(handed: "Handed") -> Message:
    size = {"size": handed.size // 1000}
    if handed.subscriber.content != "all":
        return Message("Warning: the calendar has {size} kB; Google reads at most 1,000.", size)
    return Message(
        "Warning: the calendar has {size} kB; Google reads at most 1,000. Choose --content operations.", size
    )


def _mapping(one: "KnownSubscriber", moment: "datetime") -> dict[str, object]:
    who, fetch = one.subscriber, one.fetch
    return {
        "subscriber": who.id,
        "party": who.party,
        "level": who.level,
        "content": who.content,
        "made_for": who.client,
        "label": who.label,
        "state": one.state(moment),
        "created_at": who.created_at.isoformat(timespec="seconds"),
        "expires_at": None if one.expires_at is None else one.expires_at.isoformat(timespec="seconds"),
        "revoked_at": None if who.revoked_at is None else who.revoked_at.isoformat(timespec="seconds"),
        "addresses": len(one.addresses),
        "last_fetch": None if fetch is None else fetch.at.isoformat(timespec="seconds"),
        "client": None if fetch is None else fetch.client,
    }


commands: Commands = {
    "subscribe": (subscribe, say("Hand out a calendar address.")),
    "unsubscribe": (unsubscribe, say("Revoke a subscriber's addresses.")),
    "subscribers": (subscribers, say("List subscribers and their last fetch.")),
}
