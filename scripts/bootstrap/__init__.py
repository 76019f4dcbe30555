"""What the bootstrap does: the table, then the demo content."""
