"""Actions of contacts at the portal, in its own database: it knows no plan, and none of the year's tables."""
