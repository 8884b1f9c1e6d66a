"""Objects bound to the frames of a plan."""
