"""`Enheter`: the devices that are signed in as the contact. Another than the own one is ended after a code."""

from zoneinfo import ZoneInfo

from arshjul.actions.parties.sessions import devices, end_device
from arshjul.portal.visit import ANY_CONTACT, PartyPage, PortalVisit
from arshjul.serving.pages import Answer, SeeOther


def show(visit: PortalVisit) -> Answer:
    """Since when each is signed in, and when it was last used."""
    _, view = visit.view()
    values = {
        "view": view,
        "devices": devices(visit.portal, visit.contact.id),
        "own": "" if visit.session is None else visit.session.digest,
        "is_raised": visit.is_raised,
        "zone": ZoneInfo(view.timezone),
    }
    return visit.page("devices.html", values)


def end(visit: PortalVisit) -> Answer:
    """Signs a device out. Whoever has the address alone keeps nobody out."""
    if not visit.is_raised:
        return SeeOther(f"/code?as={visit.contact.id}&for=devices")
    end_device(visit.portal, visit.contact.id, visit.form.text("device"))
    return SeeOther(f"/devices?as={visit.contact.id}")


pages = (
    PartyPage("/devices", "GET", ANY_CONTACT, show),
    PartyPage("/devices", "POST", ANY_CONTACT, end),
)
