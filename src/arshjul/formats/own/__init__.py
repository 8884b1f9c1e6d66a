"""The coordinator's own spreadsheet: which of its columns are which of ours, kept in a small file and used again.

`proposal` looks at headings and at what stands below them, `mapping` is the file, `sheets` turns her sheets into
ours: each cell keeps its place, so that whatever is wrong is told in her own cells.
"""
