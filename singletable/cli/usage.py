"""What ends a command without an answer. Knows no command."""

from __future__ import annotations

from typing import ClassVar

from singletable.errors import SingleTableError
from singletable.records import record

INTERRUPTED = 130
"""The exit code of a command that somebody interrupts, as shells have it."""


@record(eq=False, frozen=False)
class CommandError(SingleTableError):
    """What ends a command without an answer; `code` is the exit code."""

    slug = "command-failed"
    message = "{text}"
    why = "A command ended without an answer."
    remedy = "Do what the message says."
    code: ClassVar[int] = 2

    text: str


class UsageError(CommandError):
    """A wrong command line, or settings that are: the text says what to write instead."""

    slug = "wrong-usage"
    why = "What is written on the command line, or in a file that it names, cannot be meant."
    remedy = "Write what the message says; `singletable COMMAND --help` has examples."


class FileFailed(CommandError):
    """The operating system refused a file or an output."""

    slug = "file-failed"
    why = "A file or an output could not be opened, read or written."
    remedy = "Correct the path, its permissions, or make room."


class MissingExtra(CommandError):
    """A command that needs a package which is not installed."""

    slug = "missing-extra"
    why = "What a command needs is in an extra of the package, and is not installed."
    remedy = "Install the extra that the message names."


class PolicyTooLarge(CommandError):
    """A policy that IAM does not take: exit code 1, as the answer is no."""

    slug = "policy-too-large"
    why = "A policy has more characters than IAM takes of one, or of all of a role."
    remedy = "Split the function, or give its role policies of some patterns each."
    code: ClassVar[int] = 1


class NotAsked(CommandError):
    """A table that nobody could be asked about: exit code 3."""

    slug = "not-asked"
    why = "The table is not there, nobody answers at the endpoint, or some answer is forbidden."
    remedy = "Correct --table, --endpoint, --region or the rights; or try again."
    code: ClassVar[int] = 3
