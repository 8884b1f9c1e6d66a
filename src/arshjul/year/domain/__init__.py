"""The coordinator's nouns: areas, units, agencies, operations, slots, plans, withdrawals.

Plain frozen data and arithmetic on dates. Nothing here opens a file, reads a clock, draws a random
number, or knows a board; what a rule forbids stands in `rules`.
"""
