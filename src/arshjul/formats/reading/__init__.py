"""Files that people supply, in YAML or a workbook: scenarios, entries, objects, logs of other years."""
