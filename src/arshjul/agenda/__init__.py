"""A plan as each party may see it: the entries of its calendar, and the year that a picture shows.

Who may see what is decided here and nowhere else. `view.view` is the only door to a feed, `year.year`
the only one to a picture; what they return has no field for a site, and for a title only where the
coordinator reads. Nothing here opens a file, reads a clock or draws a random number.
"""
