"""A scenario, and the entries of its year, as an Excel workbook: read, written, and marked with its problems.

`tables` defines the sheets and the meaning of columns, once for both directions. Reading goes from a file's bytes
(`package`, `survey`) to a flat picture of its cells (`book`), finds the headings in it (`headings`), and makes the tree
that the schemas judge (`rows`, `reading`): one list of errors for workbooks and YAML. Writing goes from a mapping to
plain sheets (`writing`) to bytes (`sheets`).
"""
