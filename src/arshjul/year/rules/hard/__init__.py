"""Rules that every plan keeps: one rule, one file."""
