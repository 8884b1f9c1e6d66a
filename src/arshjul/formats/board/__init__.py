"""The board's room: board files and solutions, read with all their errors told, and written."""
