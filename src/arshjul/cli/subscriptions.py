"""subscribe, unsubscribe, subscribers: who may read which feed."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from arshjul.cli.command import WRITTEN, Argument, Option, command
from arshjul.cli.console import Console
from arshjul.cli.options import By, Days, OpenDb, lacking, moment_in, needs, now, tell_rehearsal
from arshjul.cli.servers import BaseUrl, tell_if_this_computer
from arshjul.errors import Message
from arshjul.year.texts import counted

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from arshjul.office.store.store import Store
    from arshjul.office.subscribers.subscribe import Handed
    from arshjul.office.subscribers.subscribers import KnownSubscriber

MOST_ID = 2**31 - 1
"""The largest number that the database's column can hold."""

LARGE_BYTES = 900_000


@command("subscribe", "Hand out a calendar address.")
def subscribe(
    console: Console,
    *,
    party: Annotated[str | None, Argument("PARTY", "The party: coordinator, agency-ID or police-ID.")] = None,
    label: Annotated[str | None, Option("--label TEXT", "The subscriber's name.")] = None,
    level: Annotated[str, Option("--level LEVEL", "Level of detail: busy, area or full.")] = "full",
    content: Annotated[str, Option("--content CONTENT", "Content: operations, milestones or all.")] = "operations",
    client: Annotated[
        str, Option("--client PROGRAM", "The calendar program: google, which hides what is cancelled.")
    ] = "",
    days: Days = None,
    rotate: Annotated[
        int | None, Option("--rotate ID", "Give this subscriber a new address.", min=1, max=MOST_ID)
    ] = None,
    overlap_days: Annotated[int, Option("--overlap-days N", "How long the old address goes on.", min=0, max=365)] = 14,
    reissue_all: Annotated[bool, Option("--reissue-all", "New addresses for all revoked by a restore.")] = False,
    rotate_all: Annotated[bool, Option("--rotate-all", "New addresses for all; the old ones still work.")] = False,
    output: Annotated[
        Path | None, Option("--output -o FILE", "Write all addresses to a new workbook."), WRITTEN
    ] = None,
    store: OpenDb,
    base_url: BaseUrl = "http://localhost:8000",
    by: By,
) -> None:
    from arshjul.office.publishing.served_revision import zone_of
    from arshjul.office.subscribers.read_feed import place_of_feeds
    from arshjul.office.subscribers.subscribe import Wanted, subscribe
    from arshjul.office.subscribers.subscribe import rotate as renewed

    base = place_of_feeds(base_url)
    if reissue_all or rotate_all:
        _to_all(console, store, Bulk(days, overlap_days if rotate_all else None, output, base), by)
        return
    if output is not None:
        raise needs("--output", "--reissue-all, --rotate-all")
    if rotate is not None:
        handed = renewed(store, rotate, days, overlap_days, by, now())
    elif party is None or label is None:
        raise lacking({"PARTY": party, "--label TEXT": label})
    else:
        handed = subscribe(store, Wanted(party, level, content, client), label, days, by, now())
    is_rehearsal = tell_rehearsal(console, store)
    if not console.answered({**_handed(handed, base), "rehearsal": is_rehearsal}):
        _tell(console, handed, base, zone_of(store))
    tell_if_this_computer(console, base, "--base-url")


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


def _to_all(console: Console, store: "Store", asked: Bulk, by: str) -> None:
    """Gives out many addresses; with an output file, the file is written before any of them becomes valid."""
    from arshjul.office.subscribers.subscribe import reissue, rotate_all
    from arshjul.office.subscribers.subscribers import address_book, published_scenario
    from arshjul.year.formats.atomic import write_named
    from arshjul.year.formats.workbook.reading import refuse_other_endings

    if asked.output is not None:
        refuse_other_endings(asked.output)
    scenario = published_scenario(store)
    if asked.overlap_days is None:
        handing_out = reissue(store, asked.days, by, now())
    else:
        handing_out = rotate_all(store, asked.days, asked.overlap_days, by, now())
    with handing_out as anew:
        if asked.output is not None and anew:
            write_named(asked.output, address_book(scenario, anew, asked.base))
    tell_rehearsal(console, store)
    if not console.answered([_handed(handed, asked.base) for handed in anew]):
        _tell_all(console, anew, asked)
    tell_if_this_computer(console, asked.base, "--base-url")


def _tell_all(console: Console, anew: "list[Handed]", asked: Bulk) -> None:
    for handed in anew:
        who, mapping = handed.subscriber, _handed(handed, asked.base)
        console.data(f"{who.id:>4}  {who.party:<28} {who.label}")
        if asked.output is None:
            console.data(f"{mapping['https']}", f"{mapping['webcal']}", indent="      ")
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
        "expires_at": handed.expires_at,
    }


def _tell(console: Console, handed: "Handed", base: str, zone: "tzinfo") -> None:
    """Prints the address as data, and how to use it."""
    from arshjul.year.agenda.channel import GOOGLE_STEPS, STEPS
    from arshjul.year.agenda.view import last_day

    mapping = _handed(handed, base)
    console.data(f"{mapping['https']}", f"{mapping['webcal']}")
    values = {"id": handed.subscriber.id, "until": last_day(handed.expires_at, zone)}
    console.talk(Message("Subscriber {id}, valid until {until}. The address is secret, and shown only now.", values))
    console.talk(Message("Subscribe by address; opening it imports only once:"))
    console.talk(*(GOOGLE_STEPS if handed.subscriber.client == "google" else STEPS))
    if handed.size > LARGE_BYTES:
        console.talk(_too_large(handed))


def _too_large(handed: "Handed") -> Message:
    size = {"size": handed.size // 1000}
    if handed.subscriber.content != "all":
        return Message("Warning: the calendar has {size} kB; Google reads at most 1,000.", size)
    return Message(
        "Warning: the calendar has {size} kB; Google reads at most 1,000. Choose --content operations.", size
    )


@command("unsubscribe", "Revoke a subscriber's addresses.")
def unsubscribe(
    console: Console,
    *,
    id: Annotated[int, Argument("ID", "The subscriber's number.", min=1, max=MOST_ID)],
    store: OpenDb,
    by: By,
) -> None:
    from arshjul.office.subscribers.subscribe import unsubscribe

    gone = unsubscribe(store, id, by, now())
    if not console.answered({"subscriber": gone.id, "party": gone.party, "label": gone.label}):
        values = {"id": gone.id, "label": gone.label}
        console.talk(Message("Subscriber {id} ({label}) is revoked from the next request.", values))
        console.talk(Message("Feeds at the portal answer until the next `arshjul sync`."))


@command("subscribers", "List subscribers and their last fetch.")
def subscribers(console: Console, store: OpenDb) -> None:
    from arshjul.office.publishing.served_revision import zone_of
    from arshjul.office.subscribers.subscribers import STATES, content_titled, level_titled, program_said, subscribers
    from arshjul.year.agenda.view import last_day

    known_subscribers, moment = subscribers(store), now()
    if console.answered([_mapping(subscriber, moment) for subscriber in known_subscribers]):
        return
    zone, say = zone_of(store), console.words.say
    for subscriber in known_subscribers:
        who, fetch = subscriber.subscriber, subscriber.fetch
        last = say(Message("never fetched"))
        if fetch is not None:
            last = f"{moment_in(zone, fetch.at)} {say(program_said(fetch.client))}"
        until = "" if subscriber.expires_at is None else f"{last_day(subscriber.expires_at, zone)}"
        console.data(f"{who.id:>4}  {who.party}  {say(level_titled(who.level))}  {say(content_titled(who.content))}")
        console.data(f"      {who.label}  {say(STATES[subscriber.state(moment)])}  {until}  {last}")


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
        "created_at": who.created_at,
        "expires_at": one.expires_at,
        "revoked_at": who.revoked_at,
        "addresses": len(one.addresses),
        "last_fetch": None if fetch is None else fetch.at,
        "client": None if fetch is None else fetch.client,
    }
