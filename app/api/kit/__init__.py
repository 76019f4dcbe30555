"""The protocol: envelope, errors, headers, conditional requests. Knows no resource."""
