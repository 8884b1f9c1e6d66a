"""Rules that may be broken at a price: one rule, one file."""
