"""Accounts: the user pool and the table, kept together. Knows no HTTP."""
