"""Over HTTP: parse a request, call one action, answer. Starlette is imported here and in the console alone.

What has to solve or to render runs as a command of its own: neither ortools nor icalendar may be
reached from here.
"""
