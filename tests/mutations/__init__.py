"""A hundred planted faults, and which of them the default tests catch."""
