"""Plans verified by code that did not make them: on the board, in their context, with what is bound."""
