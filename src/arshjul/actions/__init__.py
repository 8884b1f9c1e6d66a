"""What a user does, one file each: make a plan, replan, explain, publish, read a feed.

An action puts rooms together and returns data; it prints nothing and parses no command line.
"""
