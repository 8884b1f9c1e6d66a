"""A plan as each party may see it: the entries of its calendar, and the data for pictures of the year.

This room alone decides who may see what. `view.view` is the only way to a feed, `year.year` the only one to a picture;
their results have no field for a site, and titles only where the coordinator reads. Nothing here opens a file, reads a
clock or draws a random number.
"""
