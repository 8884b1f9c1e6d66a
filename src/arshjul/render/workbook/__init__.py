"""What people may see of a plan as a workbook: the coordinator's whole plan, a party's own part."""
