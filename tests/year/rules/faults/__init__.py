"""Mistakes in rules and in what they rest on, each of which the tests of this folder must catch.

Off by one, a wrong default or key, a forgotten tie, a week by the calendar, an hour by the clock, closed
instead of half open, history forgotten: one at least in what each rule posts or allows, and one in what
it checks or prices.
"""

from tests.year.rules.faults.in_the_check import IN_THE_CHECK
from tests.year.rules.faults.on_the_board import ON_THE_BOARD
from tests.year.rules.faults.underneath import UNDERNEATH

FAULTS = ON_THE_BOARD + IN_THE_CHECK + UNDERNEATH

__all__ = ["FAULTS", "IN_THE_CHECK", "ON_THE_BOARD", "UNDERNEATH"]
