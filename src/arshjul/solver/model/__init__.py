"""Board -> a small, tight model of 0/1 variables and linear lines, by arithmetic alone.

What may live here: translation, presolve, parts, restrictions, bounds by counting and by
multipliers, plans made one by one. What never: an engine, a process, a clock.
"""
