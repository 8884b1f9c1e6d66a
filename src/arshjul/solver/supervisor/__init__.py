"""The supervisor of a solve: which component is searched where, by which engine, and for how long."""
