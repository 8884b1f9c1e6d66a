"""Reading of everything that people and other programs write, and writing of everything that arshjul writes.

Only this room opens YAML, JSON, holidays and catalogues. What is read becomes domain objects, or an error with every
problem's file, line and path. Nothing here judges a plan.
"""
