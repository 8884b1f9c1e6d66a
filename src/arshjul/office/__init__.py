"""A year as a database: revisions, drafts, feeds, mail, and the coordinator's console."""
