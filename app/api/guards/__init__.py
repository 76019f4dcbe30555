"""Who asks, and whether the policy allows it."""
