"""backup, restore, doctor, purge-sites: maintaining the service's data."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from arshjul.cli.command import Argument, Option, command
from arshjul.cli.console import FOUND_WRONG, Console, Ended
from arshjul.cli.options import DEFAULT_DB, By, Db, OpenDb, SiteKey, now, opened, speak_as, with_db
from arshjul.cli.servers import BaseUrl
from arshjul.errors import ArshjulError, Message
from arshjul.year.texts import counted

if TYPE_CHECKING:
    from arshjul.office.database.backup import Copied


@command("backup", "Back up the database while it is in use.")
def backup(
    console: Console,
    *,
    file: Annotated[Path, Argument("FILE", "A new file, with a manifest beside it.")],
    store: OpenDb,
    with_sites: Annotated[bool, Option("--with-sites", "Include encrypted objects.")] = False,
    with_plain_sites: Annotated[bool, Option("--with-plain-sites", "Include all objects, also in plain text.")] = False,
    site_key: SiteKey = None,
) -> None:
    from arshjul.office.database.backup import backup, manifest_of
    from arshjul.office.store.copying import TakenSites
    from arshjul.office.store.site_key import UNCHECKED

    sites: TakenSites = "all" if with_plain_sites else "encrypted" if with_sites else "none"
    done = backup(store, file, now(), sites=sites, key_file=site_key)
    if done.in_clear:
        console.talk(
            counted(
                done.in_clear,
                "One object in plain text is not in the copy. Encrypt it with a key, or give --with-plain-sites.",
                "{n} objects in plain text are not in the copy. Encrypt them with a key, or give --with-plain-sites.",
            )
        )
    lacks = {"in_clear": done.in_clear, "unchecked": done.is_unchecked, "key_fault": done.key_fault}
    at = {"manifest": manifest_of(file), "revision": done.revision, "head": done.head}
    if not console.answered({"file": file, **at, **lacks}):
        console.data(str(file))
    if done.is_unchecked:
        console.talk(UNCHECKED)
    if done.key_fault is not None:
        values = {"file": str(file), "reason": done.key_fault}
        console.talk(Message("{file} is written, but its objects cannot all be read: {reason}", values))
        raise Ended(FOUND_WRONG)


@command("restore", "Restore a backup, and revoke every address.")
def restore(
    console: Console,
    *,
    file: Annotated[Path, Argument("FILE", "A backup, with its manifest beside it.")],
    db: Db = DEFAULT_DB,
    replace: Annotated[bool, Option("--replace", "Overwrite the database.")] = False,
    keep_addresses: Annotated[bool, Option("--keep-addresses", "Keep the backup's addresses valid.")] = False,
    by: By,
) -> None:
    from arshjul.office.database.restore import restore

    done = restore(file, db, by, now(), replace=replace, keep=keep_addresses)
    with suppress(ArshjulError):  # it is done, and is told in any case
        speak_as(console, opened(db))
    closed = {"revoked": done.revoked, "closed": dict(done.shut)}
    until = done.told_until and done.told_until.isoformat()
    told = {"owed": done.owed, "doubtful": done.doubtful, "told_until": until}
    if console.answered({"revision": done.revision, "head": done.head, **closed, **told, "unread": list(done.unread)}):
        return
    console.data(
        counted(
            done.revoked,
            "Revision {number} is back; one subscriber was revoked.",
            "Revision {number} is back; {n} subscribers were revoked.",
            number=done.revision or 0,
        )
    )
    console.talk(*done.unread, *closed_said(done.shut), *told_said(done))
    if done.revoked:
        values = {"command": with_db("arshjul subscribe --reissue-all", db)}
        console.talk(Message("`{command} -o FILE.xlsx` writes new addresses for all into a workbook.", values))


@command("doctor", "Check the whole database.")
def doctor(
    console: Console,
    *,
    mend: Annotated[bool, Option("--mend", "Trust this computer's clock, and mend what a wrong one wrote.")] = False,
    db: Db = DEFAULT_DB,
    base_url: BaseUrl = "",
    site_key: SiteKey = None,
    by: By,
) -> None:
    from arshjul.office.database.doctor import CHECK_NAMES, PART_NAMES, doctor
    from arshjul.office.publishing.publish import mend as mended

    with suppress(ArshjulError):  # doctor says what is wrong with it
        speak_as(console, opened(db))
    if mend:
        done = mended(opened(db), by, now())
        if done.is_new:
            console.talk(Message("Revision {number} is mended.", {"number": done.revision.number}))
    diagnosis = doctor(db, now(), base_url, site_key)
    at = {
        "sound": diagnosis.is_sound,
        "revision": diagnosis.revision,
        "head": diagnosis.head,
        "versions": diagnosis.versions,
    }
    findings = [
        {"check": finding.check, "warning": finding.is_warning, "text": finding.text} for finding in diagnosis.findings
    ]
    if not console.answered({**at, "findings": findings}):
        for finding in diagnosis.findings:
            console.data(Message("{check}: {text}", {"check": CHECK_NAMES[finding.check], "text": finding.text}))
        for name, version in diagnosis.versions.items():
            said = console.words.say(PART_NAMES[name]) if name in PART_NAMES else name
            console.data(f"{said}: {version}")
        if diagnosis.is_sound:
            values = {"number": diagnosis.revision or 0, "head": diagnosis.head or "-"}
            console.talk(Message("No errors. Revision {number}, hash {head}.", values))
    if not diagnosis.is_sound:
        raise Ended(FOUND_WRONG)


def told_said(done: "Copied") -> Iterator[Message]:
    """Sentences about the parties with waiting messages, and about messages that may or may not have been sent."""
    from arshjul.office.database.doctor import owed_said
    from arshjul.office.store.audit import utc

    if done.told_until is not None:
        yield Message(
            "Messages after {moment} are missing from the copy. Tell the parties what holds now.",
            {"moment": utc(done.told_until)},
        )
    if done.doubtful:
        yield counted(
            done.doubtful,
            "One message may have been told after the copy was made. Call the party: see Outbox.",
            "{n} messages may have been told after the copy was made. Call the parties: see Outbox.",
        )
    if done.owed:
        yield owed_said(done.owed)


def closed_said(shut: Mapping[str, int]) -> list[Message]:
    """Sentences about addresses other than calendars', sessions and links that a restore has closed."""
    said = {
        "answer_address": counted(
            shut["answer_address"],
            "One address for answers was closed: hand out a new one in the console.",
            "{n} addresses for answers were closed: hand out new ones in the console.",
        ),
        "contact_address": counted(
            shut["contact_address"],
            "One contact's address was closed: give it a new one.",
            "{n} contacts' addresses were closed: give them new ones.",
        ),
        "session": counted(
            shut["session"],
            "One person was signed out of the console.",
            "{n} sessions of the console were ended: everybody signs in again.",
        ),
        "sign_in": counted(
            shut["sign_in"],
            "One unused link into the console was closed.",
            "{n} unused links into the console were closed.",
        ),
    }
    return [one for name, one in said.items() if shut[name]]


@command("purge-sites", "Erase the objects of old revisions.")
def purge_sites(
    console: Console,
    *,
    days: Annotated[
        int,
        Option("--older-than-days N", "From revisions older than this; never from the current one.", min=0, max=36500),
    ] = 365,
    store: OpenDb,
    by: By,
) -> None:
    from arshjul.office.database.purge_sites import purge_sites

    done = purge_sites(store, days, by, now())
    if not console.answered({"purged": done.n, "forgotten": done.is_forgotten}):
        console.talk(counted(done.n, "One object was removed.", "{n} objects were removed."))
    if not done.is_forgotten:
        console.talk(
            Message(
                "Removed objects may remain in the files of {name} while another process reads it. "
                "Run `{command}` again afterwards.",
                {"name": store.name, "command": with_db("arshjul purge-sites", store.name)},
            )
        )
        raise Ended(FOUND_WRONG)
