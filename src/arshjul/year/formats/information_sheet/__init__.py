"""Information sheets in files: the town's grounds, a section as it is kept, a reader's sheet, and its schema."""
