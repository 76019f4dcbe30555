"""Makes documents, infrastructure and policies from a design as data. Sends nothing."""
