"""Planning, replanning, explaining and checking: pure functions over domain, rules and solver.

Nothing here opens a file, reads a clock or draws a number: scenarios and plans come in as values, and
answers go out as values.
"""
