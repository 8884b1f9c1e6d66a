"""The coordinator's pages: a process of its own beside the server of feeds, and never on the internet.

Server-made HTML that works without JavaScript. A page is declared with its action and the roles that may use it;
everything that it needs is in the `Visit` that it is called with. Solving runs in a child process.
"""
