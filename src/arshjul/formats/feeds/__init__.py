"""The feeds' room: feeds.json, which remembers what each feed says."""
