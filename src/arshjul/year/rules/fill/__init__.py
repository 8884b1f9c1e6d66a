"""Rules of binding objects to frames: when an object fits a frame (`fits`), what makes a good filling (`quality`).

Like any rule, each also checks the result by a method of its own; year/planning/verify.py calls these checks.
"""
