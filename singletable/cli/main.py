"""Runs a command line, and turns errors into text and exit codes.

0: done; 1: a check failed, a design contradicts itself, or a request was refused; 2: wrong usage;
3: a table that was to be compared could not be described.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from singletable.cli.parser import build_parser, put_command_first
from singletable.cli.usage import UsageError
from singletable.errors import SingleTableError
from singletable.errors.design import DesignNotFound

FAILED = 1
MISUSED = 2


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command line and returns the exit code."""
    words = sys.argv[1:] if words is None else words
    options = build_parser().parse_args(put_command_first(words))
    options.words = list(words)
    try:
        code: int = options.command(options)
        sys.stdout.flush()
    except BrokenPipeError:
        return _end_quietly()
    except UsageError as error:
        return _print_error(str(error), MISUSED)
    except SingleTableError as error:
        text = f"{error}\n  why: {error.why}\n  what to do: {error.remedy}"
        return _print_error(f"[{error.slug}] {text}", _code_of(error))
    except OSError as error:
        return _print_error(f"{error.strerror or error}: {error.filename}", FAILED)
    return code


def _code_of(error: SingleTableError) -> int:
    return MISUSED if isinstance(error, DesignNotFound) else FAILED


def _print_error(text: str, code: int) -> int:
    print(f"singletable: {text}", file=sys.stderr)
    return code


def _end_quietly() -> int:
    """Ends without an error when the reader has closed the pipe, as `| head` does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
