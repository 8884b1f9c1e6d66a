"""Planted words: no site, no title and no token in anything that the service tells, writes down or copies."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

from arshjul.office.store import revisions, schema, tables
from arshjul.office.store.store import Store, make_store
from arshjul.office.subscribers.subscribe import Wanted, subscribe
from arshjul.year.agenda.channel import LEVELS
from tests import years
from tests.commands import ran
from tests.databases import SLOW_POSTGRESQL
from tests.serving import Server, get

YEAR = years.scenario()


def run(*arguments: str) -> str:
    return ran(arguments).output


@SLOW_POSTGRESQL
def test_no_planted_word_leaves(url: str, tmp_path: Path) -> None:
    store = make_store(url)
    years.write(tmp_path / "plan", YEAR, years.plan(YEAR))
    told = [run("publish", str(tmp_path / "plan"), "--db", url, "--reason", "första")]
    with store.reading() as db:
        parties = sorted({feed.party for feed in revisions.feeds(db, 1)})
    now = datetime.now(UTC)
    wanted = [
        Wanted(party, level, content, client)
        for party in parties
        for level in LEVELS
        for content, client in (("operations", ""), ("milestones", ""), ("all", "google"))
        if content != "milestones" or not party.startswith("police")
    ]
    tokens = {one: subscribe(store, one, "Någon", 400, "test", now).token for one in wanted}
    others: list[str] = []
    lower: list[str] = []
    with Server(url, tmp_path) as server:
        for one, token in tokens.items():
            for headers in ({}, {"Accept-Encoding": "gzip"}):
                answer = server.feed(token, headers)
                packed = answer.headers.get("content-encoding") == "gzip"
                body = (gzip.decompress(answer.body) if packed else answer.body).decode().replace("\r\n ", "")
                lower += [] if one.level == "full" else [body]
                (told if (one.party, one.level) == ("coordinator", "full") else others).append(
                    body + str(answer.headers)
                )
            others.append(server.get(f"/feeds/{token}.ics", {"User-Agent": f"Mozilla {token}"}).headers["etag"])
            server.get(f"/feeds/{token}.ics", method="POST")
            server.get(f"/feeds/{token}x.ics?{token}", {"Referer": token})
        told.append(get(server.metrics_port, "/metrics").body.decode())
        others.append(server.get("/feeds/nobody.ics").body.decode())
    told.append(server.log.read_text())
    backup = tmp_path / "copy.db"
    told += [run(*command, "--db", url) for command in (("revisions",), ("subscribers", "--json"), ("doctor",))]
    told.append(run("backup", str(backup), "--db", url))
    told.append(backup.read_bytes().decode("latin-1") + (tmp_path / "copy.db.manifest.json").read_text())
    told.append(run("restore", str(backup), "--db", url))
    told.append(run("publish", str(tmp_path / "plan"), "--db", str(tmp_path), "--reason", "fel"))
    everything = "\n".join(told + others)
    for word in years.SITES:
        assert word not in everything
        assert word.encode("utf-8").hex() not in everything
    assert years.TITLE in told[1], "the coordinator's own feed has the titles, or this test looks at nothing"
    assert years.TITLE not in "\n".join(others)
    assert "OP-" in told[1]
    assert not [body for body in lower if "OP-" in body], "below full, no event says which operation it is of"
    log_and_copies = "\n".join(told[3:])
    for token in tokens.values():
        assert token not in log_and_copies
        assert token[:20] not in log_and_copies


def test_no_token_in_the_database(store: Store) -> None:
    token = subscribe(store, Wanted("agency-a0", "full"), "Någon", 400, "test", years.NOW).token
    with store.reading() as db:
        rows = [str(dict(row)) for table in schema.TABLES for row in db.execute(table.select()).mappings()]
    assert not [row for row in rows if token in row]


@SLOW_POSTGRESQL
def test_blobs_hold_no_site(store: Store) -> None:
    with store.reading() as db:
        blobs = [gzip.decompress(row.gzipped).decode() for row in db.execute(tables.blob.select())]
        sites = [bytes(row.body).decode() for row in db.execute(tables.site.select())]
    assert any(years.TITLE in text for text in blobs)
    assert not [text for text in blobs for word in years.SITES if word in text]
    assert {json.loads(text)["name"] for text in sites} == {
        f"{years.SITE_NAME} {i}" for i in range(len(YEAR.operations))
    }
