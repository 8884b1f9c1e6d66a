"""The search of one model: level by level, by cores, neighbourhoods and decomposition.

Whatever decides which plan comes out is deterministic. Several components, or a second engine, are no matter of this
room.
"""
