"""Views -> bytes: calendar feeds, the wheel, the page.

A renderer receives a view of the agenda, never a plan, and opens nothing.
"""
