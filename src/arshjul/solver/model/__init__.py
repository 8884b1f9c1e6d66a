"""The board as a small, tight 0/1 model, made by arithmetic alone: no engine, no process, no clock."""
