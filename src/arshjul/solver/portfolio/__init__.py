"""Who searches what, where and for how long: parts side by side, in each a lead and a rival.

What may live here: sharing time and processes among parts, and what is kept when an engine dies.
What never: a search of its own.
"""
