"""Adapters of AWS, by its SDK. Knows no HTTP request."""
