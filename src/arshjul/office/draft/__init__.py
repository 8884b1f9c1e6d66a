"""The draft of the year in the database: entries, options, proposals, imports, and its publishing."""
