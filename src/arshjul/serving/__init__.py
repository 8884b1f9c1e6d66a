"""The common parts of the servers: connections with time limits; forms, guards and headers of pages."""
