"""Board files and solutions: read with all their errors reported, and written."""
