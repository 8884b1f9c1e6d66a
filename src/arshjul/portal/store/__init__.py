"""The portal's own database: contacts, each party's view, the inbox, sessions. It knows no plan, title or site."""
