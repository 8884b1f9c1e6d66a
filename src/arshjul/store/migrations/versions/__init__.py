"""One step, one file; each says what it changes."""
