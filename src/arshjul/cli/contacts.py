"""invite, revoke, contacts, sync: who takes part at the portal."""

from typing import TYPE_CHECKING, Annotated

from arshjul.cli.command import Argument, Option, command
from arshjul.cli.console import FOUND_WRONG, Console, Ended
from arshjul.cli.options import By, Days, OpenDb, SiteKey, moment_in, now, tell_rehearsal
from arshjul.cli.servers import CarriesFeeds, PortalBaseUrl, PortalDb
from arshjul.errors import Message
from arshjul.year.domain.contact import READS
from arshjul.year.texts import counted

if TYPE_CHECKING:
    from arshjul.office.store.contacts import Contact

MOST_TURNS = 50
"""The most turns of one command: what is left waits for the next."""


@command("invite", "Invite a party's function to the portal.")
def invite(
    console: Console,
    *,
    party: Annotated[str, Argument("PARTY", "The party: agency-ID or police-ID.")],
    function: Annotated[str, Option("--function TEXT", "Its function, never a person.")],
    may: Annotated[str, Option("--may LIST", "Its rights, with commas: offer, report, answer, …")],
    email: Annotated[str, Option("--email ADDRESS", "Its mail address.")] = "",
    code_to: Annotated[str, Option("--code-to ADDRESS", "The mail address for codes.")] = "",
    days: Days = None,
    store: OpenDb,
    base_url: PortalBaseUrl = "http://localhost:8002",
    by: By,
) -> None:
    from arshjul.office.contacts.contacts import Invitation, invite
    from arshjul.office.publishing.served_revision import zone_of
    from arshjul.office.subscribers.read_feed import place_of_feeds

    base = place_of_feeds(base_url)
    wanted = Invitation(party, function, [word.strip() for word in may.split(",") if word.strip()], email, code_to)
    (done,) = invite(store, [wanted], by, now(), days, mail=True)
    is_rehearsal = tell_rehearsal(console, store)
    address = {"path": done.path, "url": f"{base}{done.path}"} if done.token else {"path": None, "url": None}
    if console.answered({**_mapping(done.contact), **address, "rehearsal": is_rehearsal}):
        return
    values: dict[str, object] = {"id": done.contact.id}
    if not done.token:
        values |= {"address": email}
        console.talk(
            Message(
                "Contact {id}: `arshjul post` with --portal-db and --portal-url mails its address to {address}.", values
            )
        )
        return
    console.data(f"{base}{done.path}")
    values |= {"until": moment_in(zone_of(store), done.contact.expires_at)}
    console.talk(
        Message(
            "Secret address of contact {id}, shown only now. The address opens the party's pages "
            "until {until}. Do not share it.",
            values,
        )
    )


@command("revoke", "Revoke a contact, its addresses and sessions.")
def revoke(
    console: Console, *, contact: Annotated[str, Argument("CONTACT", "The contact's id.")], store: OpenDb, by: By
) -> None:
    from arshjul.office.contacts.contacts import revoke

    done = revoke(store, contact, by, now())
    if not console.answered(_mapping(done)):
        values = {"function": done.function, "party": done.party}
        console.talk(
            Message("{function} of {party} is revoked here. Run `arshjul sync` to revoke it at the portal.", values)
        )


@command("contacts", "List the portal's contacts.")
def contacts(console: Console, store: OpenDb) -> None:
    from arshjul.office.contacts.contacts import known_contacts

    known = known_contacts(store)
    if console.answered([_mapping(contact) for contact in known]):
        return
    moment = now()
    for contact in known:
        state = Message("may: {may}", {"may": list(contact.may) or [READS]})
        if not contact.is_open(moment):
            state = Message("ended")
        elif contact.locked_at is not None:
            state = Message("locked")
        console.data(f"{contact.id}  {contact.party}  {contact.function}")
        console.data(state, indent="  ")


def _mapping(one: "Contact") -> dict[str, object]:
    return {
        "id": one.id,
        "party": one.party,
        "function": one.function,
        "may": list(one.may),
        "email": one.email,
        "code_to": one.code_to,
        "expires": one.expires_at,
        "ended": one.ended_at,
        "locked": one.locked_at,
    }


@command("carry", "Sync with the portal.")
@command("sync", "Sync with the portal.")
def sync(
    console: Console,
    *,
    portal_db: PortalDb,
    store: OpenDb,
    site_key: SiteKey = None,
    portal_feeds: CarriesFeeds = False,
) -> None:
    from arshjul.office.sync.outgoing import Remembered
    from arshjul.office.sync.sync import carry, make_portal

    store, portal, kept = store.with_key(site_key), make_portal(portal_db), Remembered(portal_feeds)
    turns = [carry(store, portal, now(), kept)]
    while turns[-1].n_left and not turns[-1].is_all_done and len(turns) < MOST_TURNS:
        turns.append(carry(store, portal, now(), kept))
    taken, faults = sum(turn.n_taken for turn in turns), sum(turn.n_faults for turn in turns)
    if not console.answered({"taken": taken, "faults": faults, "left": turns[-1].n_left}):
        console.talk(counted(taken, "One entry received.", "{n} entries received."))
    if faults:
        console.talk(
            counted(
                faults,
                "One row was rejected: see Today in the console.",
                "{n} rows were rejected: see Today in the console.",
            )
        )
        raise Ended(FOUND_WRONG)
