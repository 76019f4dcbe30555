"""The error of a wrong usage. Knows no command."""


class UsageError(Exception):
    """A wrong command line: exit code 2; the text says what to write instead."""
