"""Mistakes in rules and in what they rest on, each of which the tests of this folder must catch.

Off by one, a wrong default or key, a forgotten tie, a week by the calendar, an hour by the clock, closed
instead of half open, history forgotten: one at least in what each rule posts or allows, and one in what
it checks or prices.

`on_the_board.diff`: in what a rule allows and posts, and in the levels and the board that it writes on.
`in_the_check.diff`: in what it finds broken, or charges, in a finished plan. `underneath.diff`: in what
the rules rest on, the context, calendar and offers, and in sizes that both sides read.
"""

from pathlib import Path

from tests.year.rules.faults.planting import faults

ON_THE_BOARD, IN_THE_CHECK, UNDERNEATH = (
    faults(Path(__file__).with_name(f"{name}.diff")) for name in ("on_the_board", "in_the_check", "underneath")
)
FAULTS = ON_THE_BOARD + IN_THE_CHECK + UNDERNEATH

__all__ = ["FAULTS", "IN_THE_CHECK", "ON_THE_BOARD", "UNDERNEATH"]
