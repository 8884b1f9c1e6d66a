"""Write the scenario goteborg-2027: an invented year of joint operations in Göteborg, the same for the same seed.

Without arguments it rewrites what lies in this folder, in goteborg-2027-tight, the same year with fewer police shifts
still, in goteborg-2027-frames, the same with frames and the objects that come to them, and in
goteborg-2027-fuller, the same with one operation in ten on several dates, with agencies to choose from and the like.
With -o it writes another year, for drawing and load tests; with more than 130 operations agencies and daily limits
have grown too. The region (units and the most that their week holds, agencies, rules) comes from config/goteborg,
where each figure says whether it is sourced or assumed. drawing.py, operations.py, fuller.py, objects.py and offers.py
say the same of theirs; live.py makes year/, and is run anew where a plan of it becomes another. Nothing here is any
authority's plan, and no business or address is real.
"""

import argparse
import math
import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import yaml
from drawing import ACTION_WEEK, YearOfOperations
from fuller import fuller
from objects import frames, objects
from offers import offers, open_days, taken_back, zero_lines
from operations import as_written
from writing import lines, listed, section, write

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parent.parent / "config" / "goteborg"
SEED = 2031
N_OPERATIONS, N_LEAST = 130, 100
POLICE_SHARE, TIGHT_POLICE_SHARE = 0.3, 0.22

MADE = "Made by scenarios/goteborg-2027/generate.py: change that, not this."
PLAN_HEAD = f"""{MADE}
The region stands in the folder that `config` names, where every setting is explained."""
OPERATIONS_HEAD = f"""{MADE}
The operations of an invented year: no authority's plan, no real business or address.
The keys are explained in config/goteborg."""
OBJECTS_HEAD = f"""{MADE}
The objects of an invented year, in the order in which they come in: no real business or address.
The keys are explained in docs/formats.md; `arshjul fill` reads them."""
POLICE_HEAD = f"""{MADE}
The units and the most that a week of theirs holds are those of config/goteborg. After them come the shifts that they
cannot lend: drawn, {{}} of them, an unbroken run of a weekday's shift on one line."""
GROWN_HEAD = f"""{MADE}
Those of config/goteborg, grown with the number of operations."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and write the scenario files."""
    parser = argparse.ArgumentParser(
        description="Write goteborg-2027 and its tight variant anew, or another such year with -o."
    )
    parser.add_argument(
        "--operations", type=operations, default=N_OPERATIONS, metavar="N", help="number of operations (default 130)"
    )
    parser.add_argument(
        "--seed", type=int, default=SEED, metavar="N", help="another seed is another year (default 2031)"
    )
    parser.add_argument(
        "--police-share",
        type=share,
        default=POLICE_SHARE,
        metavar="S",
        help="share of the police shifts that are lent (default 0.3)",
    )
    parser.add_argument("--frames", action="store_true", help="with frames, and the objects that come to them")
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="write this year there, and nothing else")
    given = parser.parse_args(arguments)
    year = Year(given.operations, given.seed)
    if given.output:
        year.write(given.output, f"Göteborg 2027, {given.operations} insatser", given.police_share, framed=given.frames)
    elif given.frames or (given.operations, given.seed, given.police_share) != (N_OPERATIONS, SEED, POLICE_SHARE):
        parser.error("another year needs a folder of its own: -o FOLDER")
    else:
        year.write(HERE, "Göteborg 2027", POLICE_SHARE)
        year.write(HERE.parent / "goteborg-2027-tight", "Göteborg 2027, få polispass", TIGHT_POLICE_SHARE)
        year.write(HERE.parent / "goteborg-2027-frames", "Göteborg 2027, ramar", POLICE_SHARE, framed=True)
        year.write(HERE.parent / "goteborg-2027-fuller", "Göteborg 2027, rikare", POLICE_SHARE, is_fuller=True)


class Year:
    """One drawn year: its operations, and the most that the police could lend."""

    def __init__(self, n_operations: int, seed: int) -> None:
        self._seed = seed
        self._growth = n_operations / N_OPERATIONS
        self._region: dict[str, Any] = {}
        for file in sorted(CONFIG.glob("*.yaml")):
            self._region |= yaml.safe_load(file.read_text(encoding="utf-8"))
        shifts = [shift["id"] for shift in self._region["shifts"]]
        self._offers = offers(self._region["police"], open_days(self._region["calendar"]), shifts)
        self._drafts = YearOfOperations(
            n_operations, self._offers, Random(f"{seed}/operations"), Random(f"{seed}/proposals")
        ).drafts
        self._frames = frames(self._drafts, Random(f"{seed}/frames"))
        self._objects = objects(self._drafts, self._frames, Random(f"{seed}/objects"))
        self._fuller = fuller(self._drafts, Random(f"{seed}/fuller"))

    def write(
        self, folder: Path, name: str, police_share: float, *, framed: bool = False, is_fuller: bool = False
    ) -> None:
        """Write the scenario's files into a folder, made if it is not there; `framed`: with frames and objects.

        `is_fuller`: with fuller situations.
        """
        folder.mkdir(parents=True, exist_ok=True)
        plan = {
            "name": name,
            "from": date(2027, 1, 1),
            "to": date(2027, 12, 31),
            "timezone": "Europe/Stockholm",
            "language": "sv",
            "config": Path(os.path.relpath(CONFIG, folder.resolve())).as_posix(),
        }
        write(folder / "plan.yaml", PLAN_HEAD, section("plan", plan))
        write(
            folder / "operations.yaml",
            OPERATIONS_HEAD,
            listed("operations", list(self._operations(framed, is_fuller))),
        )
        if framed:
            write(folder / "objects.yaml", OBJECTS_HEAD, lines("objects", self._objects))
        share_gone = f"{1 - police_share:.0%}".replace("%", " %")
        write(folder / "police.yaml", POLICE_HEAD.format(share_gone), listed("police", self._police(police_share)))
        if self._growth > 1:
            write(
                folder / "agencies.yaml",
                GROWN_HEAD,
                listed("agencies", [self._grown_agency(a) for a in self._region["agencies"]]),
            )
            write(folder / "rules.yaml", GROWN_HEAD, section("rules", self._grown_rules()))

    def _operations(self, framed: bool, is_fuller: bool) -> Iterator[dict[str, Any]]:
        """The operations as written; what is a frame has no sites of its own."""
        for draft in self._drafts:
            written = as_written(draft)
            if framed and draft.id in self._frames:
                written["frame"] = self._frames[draft.id]
                written.pop("sites", None)
            yield {**written, **(self._fuller.get(draft.id, {}) if is_fuller else {})}

    def _police(self, share: float) -> list[dict[str, Any]]:
        """The units with the most that a week of theirs holds, and what of it they cannot lend.

        A fixed operation keeps its own, and the European action week what was promised for it.
        """
        kept = {draft.fixed for draft in self._drafts if draft.fixed}
        kept |= {offer for offer in self._offers if ACTION_WEEK[0] <= offer.day <= ACTION_WEEK[1]}
        taken = set(taken_back(self._offers, 1 - share, kept, Random(f"{self._seed}/police")))
        return [
            {**unit, "officers": [*unit["officers"], *zero_lines(unit["id"], self._offers, taken)]}
            for unit in self._region["police"]
        ]

    def _grown_agency(self, agency: dict[str, Any]) -> dict[str, Any]:
        grown = {key: self._more(value) if isinstance(value, int) else value for key, value in agency.items()}
        if "teams" in agency:
            grown["teams"] = [{**line, "teams": self._more(line["teams"])} for line in agency["teams"]]
        return grown

    def _grown_rules(self) -> dict[str, int]:
        rules: dict[str, int] = self._region["rules"]
        grown = {key: self._more(value) if key.startswith("operations_per") else value for key, value in rules.items()}
        return {**grown, "sector_spacing_days": int(rules["sector_spacing_days"] / self._growth)}

    def _more(self, number: int) -> int:
        return math.ceil(number * self._growth)


def operations(text: str) -> int:
    """A number of operations from the command line."""
    number = int(text)
    if number < N_LEAST:
        raise argparse.ArgumentTypeError(
            f"{text} given, expected {N_LEAST} or more: fewer leave no room for every kind"
        )
    return number


def share(text: str) -> float:
    """A share from the command line."""
    number = float(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text} given, expected 0 to 1")
    return number


if __name__ == "__main__":
    main()
