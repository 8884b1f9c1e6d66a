"""unsubscribe: revokes a subscriber's addresses."""

from datetime import datetime

from arshjul.actions.subscribers.subscribe import live_subscriber
from arshjul.store import audit, readers
from arshjul.store.events import Unsubscribed
from arshjul.store.readers import Subscriber
from arshjul.store.store import Store


def unsubscribe(store: Store, id: int, actor: str, now: datetime) -> Subscriber:
    """Revokes all addresses of a subscriber, from the next request on. InputError if there is none."""
    with store.writing() as db:
        found = live_subscriber(db, id)
        readers.revoke(db, found, now)
        audit.add(db, now, actor, Unsubscribed(id))
    return found
