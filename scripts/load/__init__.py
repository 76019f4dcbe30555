"""A mixed load on a running API, and what came of it. Knows the API's contract, nothing of its inside."""
