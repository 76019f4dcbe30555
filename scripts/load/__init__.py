"""A mixed load on a running API, and what came of it. Knows the contract, nothing inside."""
