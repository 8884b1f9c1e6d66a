"""Draws docs/bilder: the pages of the console on scenarios/goteborg-2027, in a browser. Run by `make pictures`."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from playwright.sync_api import Page, sync_playwright

from arshjul.actions.import_year import import_year
from arshjul.actions.options import work_out
from arshjul.actions.plan import plan
from arshjul.console.app import ConsoleServer, application
from arshjul.console.runner import Runner
from arshjul.console.serve import on_port
from arshjul.console.sessions import invite
from arshjul.planning.effort import Effort
from arshjul.store.store import Store, open_store
from tests.render.test_browser import CHROMIUM, QUIET

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "bilder"
MADE, SEEN = datetime(2026, 12, 1, 9), "2027-03-08T07:10"
WIDTH = 1180


class AtOnce(Runner):
    """Works a job out where it is started."""

    def start(self, store: Store, number: int) -> None:
        work_out(store, number, 60, lambda _: None)


def main() -> None:
    """Makes the year, walks through a withdrawal, and draws each page on the way."""
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        made, db = Path(folder) / "plan", str(Path(folder) / "year.db")
        plan(ROOT / "scenarios" / "goteborg-2027", made, Effort(100), MADE, lambda _: None)
        import_year(made, db, "samordnaren", datetime.now(UTC), lambda _: None, rehearsal=True)
        store = open_store(db)
        listening = on_port("127.0.0.1", 0)
        server = uvicorn.Server(uvicorn.Config(application(ConsoleServer(store, AtOnce("", 60))), log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
                page = browser.new_context(viewport={"width": WIDTH, "height": 760}, locale="sv-SE").new_page()
                address = f"http://127.0.0.1:{listening.getsockname()[1]}"
                link = invite(store, "samordnaren", "coordinator", datetime.now(UTC))
                walk(page, address, f"{address}/in/{link}")
        finally:
            server.should_exit = True
            thread.join()


def walk(page: Page, address: str, link: str) -> None:
    """From signing in to the log."""

    def draw(name: str, path: str | None = None, *, whole: bool = False) -> None:
        if path is not None:
            page.goto(address + path)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)

    page.goto(link)
    draw("logga-in")
    page.get_by_role("button", name="Logga in").click()
    page.goto(f"{address}/publish")
    draw("forsta-publiceringen")
    page.get_by_role("button", name="Publicera").click()
    page.goto(f"{address}/")
    page.locator("#moment").fill(SEEN)
    page.get_by_role("button", name="Ställ").click()
    draw("i-dag")
    draw("aret", "/year")
    draw("veckan", "/weeks/2027-W19")
    draw("insatser", "/operations?q=krog")
    draw("insats", "/operations/OP-100", whole=True)
    draw("kalendrar", "/subscribers")
    draw("arbetsbok", "/import")
    page.goto(f"{address}/withdrawals/new")
    page.get_by_label("Enhet").select_option(label="LPO City")
    page.get_by_label("Från", exact=True).fill("2027-03-08")
    page.get_by_label("Till", exact=True).fill("2027-03-28")
    page.get_by_label("Orsak").fill("en skjutning")
    draw("avbokning")
    page.get_by_role("button", name="Räkna fram alternativ").click()
    page.wait_for_url("**/options/*")
    draw("alternativ", whole=True)
    options = page.url
    draw("i-dag-avbokning", "/", whole=True)
    page.goto(options)
    page.get_by_role("button", name="Fråga alla").click()
    draw("forslaget")
    page.get_by_role("button", name="En adress att svara på").first.click()
    address_of_answers = page.locator("code", has_text="/answers/").inner_text()
    draw("svara", address_of_answers.removeprefix(address))
    page.goto(f"{address}/proposal")
    page.get_by_role("button", name="Räkna fram alternativ").click()
    page.wait_for_url("**/options/*")
    page.get_by_role("radio", name="Minst ändringar").check()
    page.get_by_role("button", name="Välj").click()
    draw("publicera")
    page.get_by_role("button", name="Publicera").click()
    draw("logg", "/log")


if __name__ == "__main__":
    main()
