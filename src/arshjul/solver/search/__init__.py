"""The search of one model: level by level, by cores, neighbourhoods and decomposition.

Everything that decides which plan comes out is deterministic. Several components, or a second engine, are the
supervisor's business.
"""
