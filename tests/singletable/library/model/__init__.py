"""What there is in the library."""
