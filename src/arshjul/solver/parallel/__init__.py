"""Processes that work for a solve and may die: children of ours, and executors made of them or of a cluster's.

What may live here: starting, hearing and ending them. What never: what they work on.
"""
