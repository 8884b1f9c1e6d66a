"""One migration a file; each says what it changes."""
