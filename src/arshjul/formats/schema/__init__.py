"""The shapes of what people write, as pydantic models: one for each mapping of a scenario, of entries and of a plan.

A model knows its keys and nothing of others: whether what an id names is there is judged by who sees the whole. It
is the one way to its domain object and back (`formats.shape`).
"""
