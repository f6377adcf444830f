"""Forms drawn elsewhere, turned into definitions of ours. What is lost is told item by item."""
