"""Engines and components: which works where and for how long, and what is kept when one dies."""
