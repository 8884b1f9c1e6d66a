"""The shape of what people write, as pydantic models: one for each mapping of a scenario.

A model knows the names, types and ranges of its keys and nothing else; what a reference points at is
judged in `formats.scenario.references`, which sees the whole. A model is the one way to its domain
object and back (`formats.shape`).
"""
