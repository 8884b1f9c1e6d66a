"""The shape of what people write, as pydantic models: one for each mapping of contract 1 and 3.

A model knows the names, types and ranges of its keys and nothing else; what a reference points at is
judged in `formats.scenario.references`, which sees the whole. Each model gives its domain object with `domain()`:
here, and for the way back in `formats.scenario.scenario_json`, is the one mapping between the two.
"""
