"""The rules of binding objects to frames: what an object fits by, and what a good filling is.

`fits` are the hard ones, `quality` what is wished for, `builder` the board on which they write. As any rule, each
checks what came out by a method of its own; planning/verify/bindings.py asks them.
"""
