"""Commands on scenarios and plan folders, a file for each."""
