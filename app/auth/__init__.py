"""Who asks: callers, and the credentials that make one. Knows no resource."""
