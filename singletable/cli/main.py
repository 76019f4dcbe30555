"""Runs a command line, and turns errors into text or JSON, and exit codes.

0: done; 1: a check failed, or a request was refused; 2: no answer, for the command line, the design
or a file is wrong; 3: a table that was to be asked could not be; 130: interrupted.
"""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from collections.abc import Sequence

from singletable.cli.colours import painter
from singletable.cli.parser import parse
from singletable.cli.usage import INTERRUPTED, CommandError, FileFailed, UsageError
from singletable.emit.data_text import json_text
from singletable.emit.docs.addresses import error_address
from singletable.errors import DeclarationError, SingleTableError

FAILED = 1
MISUSED = 2
_ESCAPED = "singletable.escaped"


def main(words: Sequence[str] | None = None) -> int:
    """Runs one command line and returns the exit code."""
    words = sys.argv[1:] if words is None else words
    if sys.stdout is None:
        return _report(FileFailed("the standard output is closed"))
    _escape_unencodable()
    try:
        options = parse(words)
        code: int = options.command(options)
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return 0
    except KeyboardInterrupt:
        _print_error("interrupted")
        return INTERRUPTED
    except SingleTableError as error:
        return _report(error, as_json="--json" in words)
    except OSError as error:
        return _report_os_error(error, as_json="--json" in words)
    return code


def _report(error: SingleTableError, *, as_json: bool = False) -> int:
    """Prints the error, as JSON to the output; returns the exit code."""
    if as_json:
        print(json_text({"error": _error_json(error)}))
        sys.stdout.flush()
    else:
        _print_error(_error_text(error))
    if isinstance(error, CommandError):
        return error.code
    return MISUSED if isinstance(error, DeclarationError) else FAILED


def _error_json(error: SingleTableError) -> dict[str, object]:
    return {
        "slug": error.slug,
        "message": str(error),
        "notes": _notes(error),
        "why": error.why,
        "remedy": error.remedy,
        "page": error_address(error.slug),
    }


def _error_text(error: SingleTableError) -> str:
    """What it says, why and what to do; a wrong usage says it itself."""
    lines = _notes(error)
    if not isinstance(error, UsageError):
        lines += [f"why: {error.why}", f"what to do: {error.remedy}"]
    lines.append(f"see: {error_address(error.slug)}")
    return "\n  ".join([f"[{error.slug}] {error}", *lines])


def _notes(error: SingleTableError) -> list[str]:
    return list(getattr(error, "__notes__", []))


def _print_error(text: str) -> None:
    if sys.stderr is not None:
        name = painter(sys.stderr)("singletable:", "red")
        print(f"{name} {text}", file=sys.stderr)


def _report_os_error(error: OSError, *, as_json: bool) -> int:
    """Says what failed, and on which file; without one it was the output."""
    reason = error.strerror or type(error).__name__
    if error.filename is None:
        _discard_output()
        return _report(FileFailed(f"{reason}: standard output"))
    return _report(FileFailed(f"{reason}: {error.filename}"), as_json=as_json)


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
