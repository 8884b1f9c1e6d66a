"""A scenario judged before any solving."""
