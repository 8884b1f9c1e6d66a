"""A strict checker of feeds over HTTP, where it lies beside the project."""

from pathlib import Path

from arshjul.actions.subscribers.subscribe import Wanted, subscribe
from arshjul.store.store import make_store
from tests import years
from tests.feedcheck import feedcheck, with_feedcheck
from tests.serving import Server


@with_feedcheck
def test_feedcheck_finds_nothing(tmp_path: Path) -> None:
    url = str(tmp_path / "arshjul.db")
    store = make_store(url)
    year = years.scenario()
    years.published(store, years.write(tmp_path / "1", year, years.plan(year)))
    with Server(url, tmp_path) as server:
        for party in ("coordinator", "agency-a0", "police-p1"):
            token = subscribe(store, Wanted(party, "full"), "Någon", 400, "test", years.NOW).token
            address = f"http://127.0.0.1:{server.port}/feeds/{token}.ics"
            (said,) = feedcheck(("http", address))
            assert "0 failed" in said
            assert "WARN" not in said
