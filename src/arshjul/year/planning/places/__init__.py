"""The places where an operation can stand, and what that costs."""
