"""Workbooks of a plan, limited to what the reader may see: the whole plan for the coordinator, a party's own part."""
