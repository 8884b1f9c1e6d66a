"""The rules of binding objects to frames: when an object fits a frame, and what makes a good filling.

`fits` are the hard ones, `quality` the wishes, `builder` the board on which they write. Like any rule, each also checks
the result by a method of its own; planning/verify/verify.py calls these checks.
"""
