"""AWS through its SDK: clients, and what is done with S3. Knows no HTTP request."""
