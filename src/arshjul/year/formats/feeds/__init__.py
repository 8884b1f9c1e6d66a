"""feeds.json, the history of each feed."""
