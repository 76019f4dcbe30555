"""IAM policies of access patterns."""
