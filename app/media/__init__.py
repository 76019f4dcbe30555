"""Uploaded files: announced, uploaded to the bucket by their owners, kept, deleted. No HTTP."""
