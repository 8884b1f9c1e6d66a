"""What people hand over, in files of YAML or in a workbook: scenarios, entries, objects, logs of other years."""
