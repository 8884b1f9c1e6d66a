"""Views -> bytes: calendar feeds, the wheel, the page.

A renderer is handed a view of the agenda, never a plan, and opens nothing.
"""
