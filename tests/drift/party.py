"""What a party does in the meantime, from another machine: it comes to the portal by its address, and reports."""

import json
import subprocess
import sys
import time
from pathlib import Path

from tests.drift.coordinator import Visitor, coordinator
from tests.portal.test_report import REPORT, hidden

PORTAL = "https://portal.example.se"
CERTIFICATE = "/run/yttre/etc/ssl/arshjul/portal.example.se.pem"
KEPT = Path("/var/lib/drift/address")

SOON_S = 15
"""The console fetches every other second; the machine may be busy."""


def reports() -> None:
    """A unit is invited, comes in, and reports; it stands before the coordinator soon."""
    function = f"Yttre befäl {time.time_ns()}"
    asked = ["police-lpo", "--function", function, "--may", "report", "--json"]
    done = subprocess.run(["arshjul", "invite", *asked], stdout=subprocess.PIPE, check=True)
    KEPT.write_text(json.loads(done.stdout)["url"].removeprefix(PORTAL))
    phone = _let_in(KEPT.read_text())
    _, page = phone.get("/report")
    _, check = phone.post("/report", {**hidden(page), **REPORT, "period": "open"})
    path, receipt = phone.post("/report/send", hidden(check))
    assert "Kvitto" in receipt.text, (path, receipt.text)
    her, before = coordinator(), time.monotonic()
    while function not in her.get("/")[1].text:
        assert time.monotonic() - before < SOON_S, "the report does not come"
        time.sleep(0.2)


def comes() -> None:
    """Whoever was invited last comes in by the same address."""
    _let_in(KEPT.read_text())


def _let_in(address: str) -> Visitor:
    """Somebody who has opened the address, as soon as it has been carried out."""
    phone, before = Visitor(PORTAL, CERTIFICATE, {}), time.monotonic()
    while True:
        try:
            _, first = phone.get(address)
            break
        except AssertionError:
            if time.monotonic() - before > SOON_S:
                raise
            time.sleep(0.2)
    assert "Fortsätt" in first.text, first.text
    _, home = phone.post(address, {})
    assert "Avboka" in home.text, home.text
    return phone


if __name__ == "__main__":
    {"reports": reports, "comes": comes}[sys.argv[1]]()
