"""The rules of binding objects to frames: what an object fits by, and what a good filling is.

`fits` are the hard ones, `quality` what is wished for, `builder` the board on which they write. The
check of what came out is in planning/verify/bindings.py and shares nothing with them.
"""
