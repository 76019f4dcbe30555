"""Changes of a design: snapshots that are committed, and what differs between two of them."""
