"""The plan that is published; apart from `plan_reading`, since it takes the libraries of the service."""

from arshjul.actions.reading import Speak
from arshjul.actions.served_revision import Current, current
from arshjul.errors import InputError, Message
from arshjul.store.store import Store


def published(store: Store, speak: Speak) -> Current:
    """The plan that is served."""
    with store.reading() as db:
        served = current(db)
    if served is None:
        raise InputError(Message("Nothing is published yet: `arshjul publish` puts a plan there."))
    speak(served.scenario.language)
    return served
