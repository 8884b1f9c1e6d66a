"""The plan folder with its JSON files, and the files of entries that a replan reads."""
