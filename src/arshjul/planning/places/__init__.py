"""Where an operation can stand, and what that costs."""
