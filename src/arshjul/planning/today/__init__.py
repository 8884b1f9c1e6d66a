"""The state of a plan at a moment: what is hit, what can be saved, and what comes next."""
