"""Workbooks of a plan, as far as people may see it: the coordinator's whole plan, a party's own part."""
