"""doctor: checks a database for damage, and for matters that need attention."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import NamedTuple

from arshjul import __version__
from arshjul.errors import InputError, Message, StorageError
from arshjul.office.contacts.owed import parties_owed
from arshjul.office.publishing.address_term import ending, ending_said
from arshjul.office.publishing.served_revision import is_ahead, zone_of
from arshjul.office.store import audit, readers, revisions, schema, site_key
from arshjul.office.store.checks import CHECKS
from arshjul.office.store.events import Mended
from arshjul.office.store.revisions import Revision
from arshjul.office.store.store import Store, Transaction, open_store
from arshjul.office.subscribers.read_feed import is_this_computer
from arshjul.system.files import is_open_to_others, is_shared
from arshjul.year.domain.calendar import YEARS
from arshjul.year.texts import counted

REFRESHED_WITHIN = timedelta(days=2)
"""The time without a nightly refresh after which it is reported (config/deploy)."""

CHECK_NAMES = {
    "file": Message("file"),
    "blobs": Message("contents"),
    "chain": Message("chain"),
    "pointer": Message("served revision"),
    "sites": Message("sites"),
    "subscribers": Message("subscribers"),
    "log": Message("log"),
    "outbox": Message("outbox"),
    "clock": Message("clock"),
    "refresh": Message("nightly refresh"),
    "modes": Message("rights"),
    "address": Message("address"),
}

PART_NAMES = {"tables": Message("version of the tables"), "database": Message("database")}


class Finding(NamedTuple):
    """A fault (or, with `is_warning`, a matter for attention), under the id of its check."""

    check: str
    text: Message
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The findings, and the versions in use. `head` is the hash of the last revision: note it elsewhere."""

    findings: tuple[Finding, ...]
    versions: dict[str, str]
    revision: int | None = None
    head: str | None = None

    @property
    def is_sound(self) -> bool:
        return all(finding.is_warning for finding in self.findings)


def doctor(given: str, now: datetime, base_url: str | None = None, key_file: Path | None = None) -> Diagnosis:
    """Every check, even after a failed one. `base_url`: of the feeds, empty if it is not set; None: not checked."""
    try:
        store, fault = open_store(given).with_key_there(key_file)
    except StorageError as error:
        return Diagnosis((Finding("file", error.message),), {"arshjul": __version__})
    findings = [*damage(store), *_open_files(store)]
    number, head = None, None
    try:
        with store.reading() as db:
            last, log, is_rehearsal = revisions.current(db), audit.lines(db), audit.is_rehearsal(db)
            written, has_readers, ends = audit.latest(db), bool(readers.SUBSCRIBERS.all(db)), ending(db, now)
            findings += _sites(db, key_file, fault)
        findings += _clock(last, written, now)
        findings += _owed(store, now) if now.year in YEARS else ()  # of no other year can be said what is owed then
        if not is_rehearsal:
            findings += [*_ahead(last), *_refreshed(last, log, now), *_address(base_url, has_readers=has_readers)]
            findings += _ending(ends, zone_of(store))
        if last is not None:
            number, head = last.number, last.hash
    except StorageError as error:
        if not findings:
            findings.append(Finding("file", error.message))
    return Diagnosis(tuple(findings), _versions(store), number, head)


def damage(store: Store) -> list[Finding]:
    findings: list[Finding] = []
    for id, check in CHECKS.items():
        try:
            with store.reading() as db:
                findings += [Finding(id, text) for text in check(db)]
        except StorageError as error:
            findings.append(Finding(id, error.message))
    return findings


def _sites(db: Transaction, key_file: Path | None, fault: Message | None) -> Iterator[Finding]:
    """Findings that sites are plain despite a key, or cannot be checked; `fault`: the problem with the key's file."""
    in_clear, all_of_them = site_key.count(db)
    if in_clear and (key_file is not None or in_clear < all_of_them):
        text = counted(
            in_clear,
            "One object is in plain text: encrypt it with `arshjul refresh --key-file FILE`.",
            "{n} objects are in plain text: encrypt them with `arshjul refresh --key-file FILE`.",
        )
        yield Finding("sites", text, is_warning=True)
    if in_clear < all_of_them and fault is not None:
        yield Finding("sites", fault)
    elif in_clear < all_of_them and not site_key.has_key(db):
        yield Finding("sites", site_key.UNCHECKED, is_warning=True)


def owed_said(n: int) -> Message:
    return counted(n, "One party has not been told all: see Outbox.", "{n} parties have not been told all: see Outbox.")


def _owed(store: Store, now: datetime) -> Iterator[Finding]:
    """Nothing where what parties were told cannot be read, which is a fault by itself."""
    with suppress(StorageError, InputError), store.reading() as db:
        if n := len(parties_owed(db, now)):
            yield Finding("outbox", owed_said(n), is_warning=True)


def _open_files(store: Store) -> Iterator[Finding]:
    main = store.place.path
    for path in [] if main is None else [main.with_name(main.name + end) for end in ("", "-wal", "-shm")]:
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            continue
        if is_shared(mode):
            text = Message("{file} is open to others: run chmod 600.", {"file": path.name})
            yield Finding("modes", text, is_warning=not is_open_to_others(mode))


def _clock(last: Revision | None, written: datetime | None, now: datetime) -> Iterator[Finding]:
    published = None if last is None else last.published_at
    latest = max((at for at in (written, published) if at is not None), default=now)
    if latest > now:
        yield Finding("clock", audit.behind(latest, now))
    elif (jump := audit.jumped(latest, now)) is not None:
        yield Finding("clock", jump)


def _ahead(last: Revision | None) -> Iterator[Finding]:
    if last is not None and is_ahead(last):
        yield Finding(
            "clock",
            Message(
                "Revision {number} is seen from {as_of}, after its publishing at {published_at}. "
                "Mend it with `arshjul doctor --mend`.",
                {"number": last.number, "as_of": audit.utc(last.as_of), "published_at": audit.utc(last.published_at)},
            ),
        )


def _refreshed(last: Revision | None, log: list[audit.AuditLine], now: datetime) -> Iterator[Finding]:
    if last is None:
        return
    done = [last.published_at, *(line.at for line in log if line.action in ("refresh", Mended.action))]
    if now - max(done) > REFRESHED_WITHIN:
        yield Finding(
            "refresh",
            Message(
                "The feeds were last refreshed {latest}: run `arshjul refresh` every night.",
                {"latest": audit.utc(max(done))},
            ),
            is_warning=True,
        )


def _address(base_url: str | None, *, has_readers: bool) -> Iterator[Finding]:
    if base_url is not None and has_readers and (not base_url or is_this_computer(base_url)):
        text = Message(
            "Calendar addresses work on this computer only. Give {option} https://HOST, or set ARSHJUL_BASE_URL.",
            {"option": "--base-url"},
        )
        yield Finding("address", text, is_warning=True)


def _ending(ends: Sequence[datetime], zone: tzinfo) -> Iterator[Finding]:
    said = ending_said(ends, zone)
    if said is not None:
        text = Message("{ending} Renew with `arshjul subscribe --rotate ID` or `arshjul invite`.", {"ending": said})
        yield Finding("address", text, is_warning=True)


def _versions(store: Store) -> dict[str, str]:
    return {
        "arshjul": __version__,
        "python": ".".join(map(str, sys.version_info[:3])),
        "tables": schema.YEAR.head.rpartition("_")[2],
        "database": store.engine_version(),
    }
