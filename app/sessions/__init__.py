"""Sessions: whether one is open. Knows no token and no HTTP."""
