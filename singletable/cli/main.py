"""Runs a command line, and turns errors into text and exit codes.

0: done; 1: a check failed, a design contradicts itself, or a request was refused; 2: wrong usage;
3: a table that was to be compared could not be described.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from collections.abc import Sequence

from singletable.cli.parser import parse
from singletable.cli.usage import UsageError
from singletable.errors import DeclarationError, SingleTableError

FAILED = 1
MISUSED = 2
_ESCAPED = "singletable.escaped"


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command line and returns the exit code."""
    if sys.stdout is None:
        return _print_error("the standard output is closed", FAILED)
    _escape_unencodable()
    words = sys.argv[1:] if words is None else words
    try:
        options = parse(words)
        code: int = options.command(options)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return 0
    except UsageError as error:
        return _print_error(str(error), MISUSED)
    except SingleTableError as error:
        return _print_error(_error_text(error), _code_of(error))
    except OSError as error:
        return _print_os_error(error)
    return code


def _code_of(error: SingleTableError) -> int:
    return MISUSED if isinstance(error, DeclarationError) else FAILED


def _error_text(error: SingleTableError) -> str:
    notes: list[str] = getattr(error, "__notes__", [])
    lines = (*notes, f"why: {error.why}", f"what to do: {error.remedy}")
    return "\n  ".join([f"[{error.slug}] {error}", *lines])


def _print_error(text: str, code: int) -> int:
    if sys.stderr is not None:
        print(f"singletable: {text}", file=sys.stderr)
    return code


def _print_os_error(error: OSError) -> int:
    """Prints what failed, and on which file; without one it was the output."""
    where = error.filename
    if where is None:
        _discard_output()
        where = "standard output"
    return _print_error(f"{error.strerror or error}: {where}", FAILED)


def _escape_unencodable() -> None:
    """Lets the output take every text: as JSON's escapes where its encoding has no such sign."""
    codecs.register_error(_ESCAPED, _escape)
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper) and out.errors in ("strict", "surrogateescape"):
        out.reconfigure(errors=_ESCAPED)


def _escape(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def _discard_output() -> None:
    """Lets the last flush succeed where the output is full, or nobody reads it (`| head`)."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
