"""A scenario, and what happens in its year, as an Excel workbook: read, written, and marked where it is wrong.

`tables` says which sheets there are and what a column means, once for both directions. Reading goes from a
file's bytes (`package`, `survey`) to a flat picture of its cells (`book`), finds the headings in it
(`headings`), and makes the tree that the schemas judge (`rows`, `reading`): one list of errors for workbooks
and YAML. Writing goes from a mapping to plain sheets (`writing`) to bytes (`sheets`).
"""
