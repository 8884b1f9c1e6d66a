"""The first plan of a scenario, and its bare board."""
