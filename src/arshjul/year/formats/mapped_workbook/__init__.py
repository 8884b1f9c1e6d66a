"""The coordinator's own spreadsheet: how its columns map to those of arshjul, kept in a file for later use.

`proposal` looks at headings and at the cells below them, `mapping` is the file, `sheets` turns the user's sheets into
ours: each cell keeps its place, so that problems are reported in the user's own cells.
"""
