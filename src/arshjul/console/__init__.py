"""The coordinator's pages: a process of its own beside the server of feeds, and never on the internet.

Server-made HTML that works without JavaScript. A page is declared with what it does and who may do it;
everything that a page needs is in the `Visit` that it is called with. Solving runs in a child process.
"""
