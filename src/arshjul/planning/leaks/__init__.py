"""How well somebody who knows what has been could guess when the next visits come."""
