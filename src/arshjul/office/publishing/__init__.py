"""Publishing a plan as the served revision, and reading back what is served."""
