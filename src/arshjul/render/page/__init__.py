"""The coordinator's page: one HTML file from templates, with its own wheel in it."""
