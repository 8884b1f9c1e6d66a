"""Contacts of parties as the coordinator has them, and carrying between the two databases."""
