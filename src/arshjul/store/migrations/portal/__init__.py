"""Each step of the portal's database, from one version to the next."""
