"""Over HTTP: parse a request, call one action, answer. Starlette is imported only here and in serving.

Solving and rendering are commands of their own: neither ortools nor icalendar may be reachable from here.
"""
