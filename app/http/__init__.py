"""The protocol: envelope, errors, headers, limits. Knows no resource and no store."""
