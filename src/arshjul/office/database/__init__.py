"""Actions on the whole database: backups, restores, checks, encryption and purges."""
