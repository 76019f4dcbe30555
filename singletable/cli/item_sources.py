"""Where items come from: files, or a table; and what `--table` and its options say."""

from __future__ import annotations

import hashlib
import json
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from singletable.cli.item_files import read_items
from singletable.cli.progress import show_progress
from singletable.cli.table_scans import Checkpoint, Item, TableScan, another_scan, run_scan
from singletable.cli.tables import real_name
from singletable.cli.usage import UsageError
from singletable.design.ir import JsonObject
from singletable.errors.transport import TransportError
from singletable.transport import Transport

NOT_ASKED = 3
INTERRUPTED = 130
_PAGE = 1_000


def scan_options(parser: ArgumentParser) -> None:
    """The options of a scan, beside `--table`."""
    add = parser.add_argument
    add("--endpoint", metavar="URL", help="scan the table there: such as http://localhost:8000")
    add("--region", help="scan the table in this AWS region")
    add(
        "--segments",
        type=_positive,
        default=4,
        metavar="N",
        help="of a scan: parts that are read side by side (default: %(default)s)",
    )
    add("--units", type=_positive, metavar="N", help="of a scan: read units a second at most")
    add("--checkpoint", metavar="FILE", help="of a scan: where it is kept how far it came")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not 1 or more")
    return int(text)


def is_scan(options: Namespace) -> bool:
    """Whether the items are those of a live table; `UsageError` for half of what that takes."""
    place = options.endpoint or options.region
    if options.items and place:
        raise UsageError("items are in files, or in a table: leave out --endpoint and --region")
    if place and not options.table:
        raise UsageError("--table: which table is to be scanned?")
    if options.checkpoint and not place:
        raise UsageError("--checkpoint is of a scan: name --table, and --endpoint or --region")
    return bool(place)


def connect(options: Namespace) -> Transport:
    """A transport to where the table is."""
    from singletable.cli import run  # noqa: PLC0415 - it loads an SDK

    return run.connect(options.endpoint, options.region)


def named_table(text: str) -> tuple[str | None, str]:
    """The declared name, where it is said, and the real one of `[DECLARED=]NAME`."""
    declared, _, name = text.rpartition("=")
    return declared or None, real_name(name)


class Source:
    """The items that a command line names. `about`: what is made of them; `part`: the end of the
    checkpoint's name, where a command has several."""

    def __init__(self, options: Namespace, about: object, part: str = "") -> None:
        self._options = options
        self._about = about
        self._part = part
        self.is_scan = is_scan(options)

    def each(
        self,
        take: Callable[[list[Item]], bool],
        state: Callable[[], JsonObject] = dict,
        restore: Callable[[JsonObject], None] = lambda _: None,
        *,
        keeps_checkpoint: bool = False,
    ) -> int:
        """Gives items to `take`, some at a time, until it answers False; an exit code other than 0
        where the table cannot be asked, or somebody interrupts."""
        if not self.is_scan:
            _take_files(Path(self._options.items), take)
            return 0
        options = self._options
        _, name = named_table(options.table)
        scan = TableScan(connect(options), name, options.segments, options.units)
        checkpoint = self._checkpoint(name)
        saved = checkpoint.load() if checkpoint else None
        if saved is not None:
            scan.positions, known = dict(saved[0]), saved[1]
            restore(known)
            print("goes on from the checkpoint", file=sys.stderr)
        try:
            run_scan(scan, take, state, checkpoint)
        except TransportError as fault:
            return print_failure(name, options.endpoint, fault)
        except KeyboardInterrupt as stopped:
            print(f"singletable: {str(stopped) or 'interrupted'}", file=sys.stderr)
            return INTERRUPTED
        if checkpoint is not None and keeps_checkpoint:
            checkpoint.save(scan.positions, state())
        return 0

    def check_main_part(self, *, goes_on: bool) -> None:
        """Refuses the checkpoint of another scan before a part is read whose end is put to its
        name. `goes_on`: a scan after this part keeps its own checkpoint there."""
        if not self._options.checkpoint:
            return
        main = Path(self._options.checkpoint)
        if main.exists() and not (goes_on and self._path.exists()):
            raise UsageError(another_scan(main))

    def remove_checkpoint(self) -> None:
        """Forgets how far a scan came that is at its end."""
        if self._options.checkpoint:
            self._path.unlink(missing_ok=True)

    @property
    def _path(self) -> Path:
        return Path(f"{self._options.checkpoint}{self._part}")

    def _checkpoint(self, name: str) -> Checkpoint | None:
        options = self._options
        if not options.checkpoint:
            return None
        digest = hashlib.sha256(json.dumps(self._about, sort_keys=True).encode()).hexdigest()
        about = {
            "table": name,
            "endpoint": options.endpoint,
            "region": options.region,
            "segments": options.segments,
            "for": digest,
        }
        return Checkpoint(self._path, about)


def print_failure(name: str, endpoint: str | None, fault: TransportError) -> int:
    where = f" at {endpoint}" if endpoint else ""
    print(f"singletable: {name}{where} could not be asked: {fault}", file=sys.stderr)
    return NOT_ASKED


def _take_files(path: Path, take: Callable[[list[Item]], bool]) -> None:
    with show_progress("items read:") as progress:
        stream = progress.counted(read_items(path))
        while found := list(islice(stream, _PAGE)):
            if not take(found):
                return
