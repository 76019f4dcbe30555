"""What can be done with posts: access patterns put together. Knows callers; knows no HTTP."""
