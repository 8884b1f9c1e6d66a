"""The supervisor of a solve: where, by which engine and for how long each component is searched."""
