"""The årshjul as a picture, drawn by pure functions: geometry, marks, rings, legend, words."""
