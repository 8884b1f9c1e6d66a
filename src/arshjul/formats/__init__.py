"""Everything that people and other programs write, in; everything that arshjul writes, out.

YAML, JSON, holidays and catalogues are opened here and nowhere else. What is read comes out as
domain objects, or as an error with every problem's file, line and path. Nothing here judges a plan.
"""
