"""Contacts of all parties at once, as a workbook to be sent out from."""

from collections.abc import Sequence
from datetime import datetime

from arshjul.actions.contacts.contacts import Invitation, InvitedContact, known_contacts
from arshjul.agenda.address_end import last_day
from arshjul.agenda.party import parties
from arshjul.domain.contact import may_said
from arshjul.domain.scenario import Scenario
from arshjul.formats.catalogues import words
from arshjul.render.workbook.contacts import ContactRow, contacts_workbook
from arshjul.store.store import Store


def invitations_of_all(
    store: Store, scenario: Scenario, function: str, may: Sequence[str], now: datetime
) -> list[Invitation]:
    """One for each party that has no open contact, to the mailbox that the scenario has for it."""
    invited = {one.party for one in known_contacts(store) if one.is_open(now)}
    return [
        Invitation(str(party), function, may, scenario.parties[party.id].email or "")
        for party in parties(scenario)
        if party.id and str(party) not in invited
    ]


def contact_book(scenario: Scenario, invited: Sequence[InvitedContact], base: str) -> bytes:
    """The workbook. `base`: the portal's address, without a slash at its end."""
    names = {str(party): scenario.parties[party.id].name for party in parties(scenario) if party.id}
    rows = [
        ContactRow(
            names.get(one.contact.party, one.contact.party),
            one.contact.function,
            may_said(one.contact.may, scenario.uses),
            one.contact.email,
            f"{base}{one.path}",
            last_day(one.contact.expires_at, scenario.zone),
        )
        for one in invited
    ]
    return contacts_workbook(rows, words(scenario.language))
