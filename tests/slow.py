"""`make slow`: full counts, kills, lived years, browsers and nginx, in parts that can be resumed.

`PART=3/6` runs that part alone; without it those run that have not passed on this commit, as out/slow.txt says.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

SLOW, PROPERTIES = "slow", "hypothesis and not slow and not bench"
PARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("the solver: each board against trying, merges, cuts", SLOW, ("solver", "bench")),
    ("the year: rules, oracles, drawn and lived years, print", SLOW, ("year",)),
    ("the office: kills, forms, the year, browsers, nginx", SLOW, ("office",)),
    ("the portal: kills, leaks, any order, browsers, nginx", SLOW, ("portal",)),
    ("all else: commands, the guides, the services as they are installed", SLOW, ()),
    ("every property with all of its examples", PROPERTIES, ("",)),
)
TESTS = Path(__file__).parent
RESULTS = Path("out") / "slow.txt"


def folders(of: tuple[str, ...]) -> list[str]:
    """Those of a part; of the one that names none, what no other has."""
    named = {one for _, _, some in PARTS for one in some}
    others = (one for one in sorted(TESTS.iterdir()) if one.is_dir() or one.match("test_*.py"))
    return [str(TESTS / one) for one in of] or [str(one) for one in others if one.name not in {*named, "__pycache__"}]


def commit() -> str:
    """Where we are; a tree that was edited is like no other."""
    where = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=True)
    return where.stdout.strip()


def run(number: int) -> bool:
    """Runs a part and leaves its line."""
    said, marks, of = PARTS[number - 1]
    os.environ["ARSHJUL_EXAMPLES"] = "full" if marks == PROPERTIES else ""
    sys.stdout.write(f"{number}/{len(PARTS)} {said}\n")
    began = time.monotonic()
    code = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", marks, "-n", "2", "--dist", "worksteal", *folders(of)], check=False
    ).returncode
    result = "passed" if code == 0 else f"FAILED ({code})"
    line = f"{commit()} {number}/{len(PARTS)} {result} in {time.monotonic() - began:.0f} s: {said}\n"
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a") as kept:
        kept.write(line)
    sys.stdout.write(line)
    return code == 0


def wanted(part: str) -> list[int]:
    """The part that is named, or all that have not passed here."""
    every = range(1, len(PARTS) + 1)
    if part:
        number, _, of = part.partition("/")
        if of != str(len(PARTS)) or number not in map(str, every):
            sys.exit(f"There are {len(PARTS)} parts: PART=1/{len(PARTS)}.")
        return [int(number)]
    lines = RESULTS.read_text().splitlines() if RESULTS.exists() else []
    here = f"{commit()} " if not commit().endswith("-dirty") else "none "
    return [n for n in every if not any(line.startswith(f"{here}{n}/{len(PARTS)} passed") for line in lines)]


if __name__ == "__main__":
    failed = [number for number in wanted(sys.argv[1] if len(sys.argv) > 1 else "") if not run(number)]
    sys.exit(f"Part {', '.join(map(str, failed))} failed." if failed else 0)
