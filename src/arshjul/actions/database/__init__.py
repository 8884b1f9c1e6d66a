"""The database as a whole: copied, put back, looked over, purged."""
