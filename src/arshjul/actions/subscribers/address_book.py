"""Many new addresses of calendars at once, as a workbook to be handed out from."""

from collections.abc import Sequence

from arshjul.actions.publishing.served_revision import served_scenario
from arshjul.actions.subscribers.subscribe import Handed
from arshjul.agenda.address_end import last_day
from arshjul.agenda.channel import CONTENT_NAMES, LEVEL_NAMES
from arshjul.agenda.party import parties
from arshjul.domain.scenario import Scenario
from arshjul.formats.catalogues import words
from arshjul.render.workbook.addresses import AddressRow, addresses_workbook
from arshjul.store.store import Store


def address_book(scenario: Scenario, handed: Sequence[Handed], base: str, inside_alone: str = "") -> bytes:
    """The workbook. `base`: the feeds' address, without a slash at its end.

    `inside_alone`: a party whose feeds are not served there: of its addresses there is the path.
    """
    say = words(scenario.language)
    bare = {str(party): party.id for party in parties(scenario)}
    rows = []
    for one in handed:
        who, path = one.subscriber, f"/feeds/{one.token}.ics"
        id = bare.get(who.party, "")
        known = scenario.parties.get(id)
        here = "" if who.party == inside_alone else base
        row = AddressRow(
            label=who.label,
            party=say("the coordinator") if known is None else known.name,
            contact="" if known is None else known.contact,
            email="" if known is None else known.email or "",
            calendar=CONTENT_NAMES[who.content],
            level=LEVEL_NAMES[who.level],
            https=f"{here}{path}",
            webcal=f"webcal://{here.partition('://')[2]}{path}",
            until=last_day(one.expires_at, scenario.zone),
        )
        rows.append(row)
    return addresses_workbook(rows, say)


def published_scenario(store: Store) -> Scenario:
    """The scenario whose calendars are served. InputError if there is none."""
    with store.reading() as db:
        return served_scenario(db)
