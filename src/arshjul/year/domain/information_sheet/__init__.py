"""The information sheet of an operation: what each party writes of it, and who may read which part."""
