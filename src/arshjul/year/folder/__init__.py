"""Commands on scenarios and plan folders."""
