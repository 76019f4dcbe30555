"""Accounts: the user pool and the table, kept in step."""
