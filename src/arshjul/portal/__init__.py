"""The parties' pages, a process of its own on the internet: it knows only its own database."""
