"""The steps of the year's database."""
