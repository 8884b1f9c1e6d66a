"""What plan.json and files of changes may hold, as pydantic models."""
