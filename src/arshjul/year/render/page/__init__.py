"""The coordinator's page: one HTML file made from templates, with the wheel in it."""
