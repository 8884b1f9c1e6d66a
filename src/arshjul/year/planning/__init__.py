"""Planning, replanning, explaining and checking: pure functions over domain, rules and solver.

Nothing here opens a file, reads a clock or draws a random number: scenarios, plans and results are values.
"""
