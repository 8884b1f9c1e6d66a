"""export-static: writes the served feeds as files, for a plain web server or an object store.

There the name is the secret: each feed gets one that nobody can guess and that stays the same from one export to the
next, made from a key that is kept apart. A person who has a name can be shut out only together with all others, by
another key; if that matters, `arshjul serve` gives each subscriber its own.
"""

import base64
import hashlib
import hmac
import secrets
from pathlib import Path
from typing import NamedTuple

from arshjul.errors import InputError, Message, StorageError
from arshjul.office.publishing.served_revision import nothing_published
from arshjul.office.store import revisions
from arshjul.office.store.feed_cache import for_google
from arshjul.office.store.revisions import Feed, FeedKey
from arshjul.office.store.store import Store
from arshjul.office.subscribers.subscribe import refuse_unknown_client
from arshjul.serving.sql.hashes import digest_of, packed
from arshjul.system.files import is_shared
from arshjul.year.formats.atomic import create, read_regular
from arshjul.year.formats.feeds.static_folder import FEEDS, Exported, static_folder
from arshjul.year.texts.system import why

KEY_BYTES = 32


def export_static(store: Store, folder: Path, key_file: Path, client: str = "") -> tuple[Exported, ...]:
    """Writes every served feed under FOLDER/feeds, plain and gzipped, and removes former ones of the last export.

    With a client, each feed is also written in the form for that program, under a name of its own. etags.json beside
    them has the path and ETag of each for whoever sets up the server, and is not to be served. It lists each feed
    before that is written, so that an interrupted export leaves no unknown files.
    """
    refuse_unknown_client(client)
    with store.reading() as db:
        number = revisions.pointer(db)
        if number is None:
            raise nothing_published()
        rows = revisions.feeds(db, number)
        contents = {row.ics: revisions.blob(db, row.ics) for row in rows}
    key = _key(key_file)
    files = [_file(key, row, contents[row.ics], fromkey) for row in rows for fromkey in dict.fromkeys(("", client))]
    exported = [file.exported for file in files]
    try:
        with static_folder(folder) as into:
            old = set(into.listed()) - {file.path for file in exported}
            into.write_list(exported, sorted(old))
            for file in files:
                into.write(file.exported.path, file.data, packed(file.data), file.moment)
            for path in sorted(old):
                into.remove(path)
            into.write_list(exported, ())
    except OSError as error:
        values = {"folder": str(folder), "reason": why(error)}
        raise StorageError(Message("{folder} was only partly written: {reason}", values)) from None
    return tuple(exported)


class _File(NamedTuple):
    exported: Exported
    data: bytes
    moment: float


def _file(key: bytes, row: Feed, ics: bytes, client: str) -> _File:
    data = for_google(ics) if client == "google" else ics
    exported = Exported(*row.key, _path(key, row.key, client), digest_of(data), client)
    return _File(exported, data, row.last_modified.timestamp())


def _key(file: Path) -> bytes:
    """The key in the file; a new one if there is none."""
    key = secrets.token_bytes(KEY_BYTES)
    try:
        try:
            create(file, key)
        except FileExistsError:
            key = read_regular(file, KEY_BYTES)
            if is_shared(file.stat().st_mode):
                text = Message("{file} is open to others: run chmod 600.", {"file": str(file)})
                raise InputError(text) from None
    except OSError as error:
        values = {"name": str(file), "reason": why(error)}
        raise InputError(Message("{name} cannot be the key: {reason}.", values)) from None
    if len(key) != KEY_BYTES:
        raise InputError(Message("{file} is no key of an export.", {"file": str(file)}))
    return key


def _path(key: bytes, feed: FeedKey, client: str) -> str:
    """The path of a feed. The calendar of all keeps the name that it had when there was no other."""
    party, level, content = feed
    names = [party, level]
    if content != "all" or client:
        names.append(content)
    if client:
        names.append(client)
    made = hmac.digest(key, "@".join(names).encode(), hashlib.sha256)
    return f"{FEEDS}/{base64.urlsafe_b64encode(made).decode().rstrip('=')}/{party}.ics"
