"""A year as values and as a folder: the trade, its rules, planning, need-to-know, rendering, files."""
