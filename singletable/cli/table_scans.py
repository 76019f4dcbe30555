"""Scans of live tables: segments side by side, within a number of units a second, to be interrupted
and resumed. What becomes of the items is the caller's."""

from __future__ import annotations

import base64
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from singletable.cli.usage import UsageError
from singletable.codec.wire import is_list, is_mapping
from singletable.design.ir import JsonObject
from singletable.errors.transport import TransportError
from singletable.transport import Transport

_SAVED_EVERY = 5.0
_SHOWN_EVERY = 0.5
_FIRST_LIMIT = 100
ENDED = "ended"

Item = dict[str, Any]
Position = JsonObject | str | None
"""The last key that a segment was read to; None before the first, `ENDED` behind the last."""


@dataclass(frozen=True)
class ScannedPage:
    """The items of one request of a segment, in DynamoDB's JSON, and where it goes on."""

    segment: int
    items: list[Item]
    position: Position
    units: float


@dataclass
class TableScan:
    """A scan of a table; `units` are read units a second, None for no bound."""

    send: Transport
    table: str
    segments: int
    units: float | None = None
    positions: dict[int, Position] = field(default_factory=dict[int, Position])
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def pages(self) -> Generator[ScannedPage]:
        """The pages of all segments that are not at their ends, as they come.

        No segment is asked again before its page was taken: so there is a page a segment at most.
        """
        begun, consumed, seen = self.clock(), 0.0, 0
        pool = ThreadPoolExecutor(self.segments)
        try:
            left = [n for n in range(self.segments) if self.positions.get(n) != ENDED]
            asked = {pool.submit(self._page, n, self._limit(consumed, seen)) for n in left}
            while asked:
                done, asked = wait(asked, return_when=FIRST_COMPLETED)
                for each in done:
                    page = each.result()
                    consumed, seen = consumed + page.units, seen + len(page.items)
                    yield page
                    self.positions[page.segment] = page.position
                    if page.position == ENDED:
                        continue
                    if self.units is not None:
                        self.sleep(max(0.0, begun + consumed / self.units - self.clock()))
                    asked.add(pool.submit(self._page, page.segment, self._limit(consumed, seen)))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _limit(self, consumed: float, seen: int) -> int | None:
        """So many items that a round of all segments costs the units of a second."""
        if self.units is None:
            return None
        if not seen or not consumed:
            return _FIRST_LIMIT
        return max(1, int(self.units / self.segments / (consumed / seen)))

    def _page(self, segment: int, limit: int | None) -> ScannedPage:
        position = self.positions.get(segment)
        start = {"ExclusiveStartKey": from_json(position)} if is_mapping(position) else {}
        answer = self.send(
            "Scan",
            {
                "TableName": self.table,
                "Segment": segment,
                "TotalSegments": self.segments,
                "ReturnConsumedCapacity": "TOTAL",
                **start,
                **({} if limit is None else {"Limit": limit}),
            },
        )
        last = answer.get("LastEvaluatedKey")
        items = [to_json(each) for each in answer.get("Items", ())]
        units = float(answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0))
        return ScannedPage(segment, items, to_json(last) if last else ENDED, units)


def to_json(value: Any) -> Any:
    """Attribute values with bytes in base64, as DynamoDB's JSON has them."""
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if is_mapping(value):
        return {name: to_json(inner) for name, inner in value.items()}
    return [to_json(inner) for inner in value] if is_list(value) else value


def from_json(item: Mapping[str, Any]) -> Item:
    """The same as transports have them: bytes are bytes."""
    return {name: _value(value) for name, value in item.items()}


def _value(value: Any) -> Any:
    [(kind, inner)] = value.items()
    if kind == "B":
        return {"B": base64.b64decode(inner)}
    if kind == "BS":
        return {"BS": [base64.b64decode(each) for each in inner]}
    if kind == "L":
        return {"L": [_value(each) for each in inner]}
    return {"M": from_json(inner)} if kind == "M" else value


@dataclass(frozen=True)
class Checkpoint:
    """A file that says how far a scan is and what came of it, as one: it is replaced as a whole.

    `about`: what is scanned for what; a file of something else is refused.
    """

    path: Path
    about: JsonObject

    def load(self) -> tuple[dict[int, Position], JsonObject] | None:
        """The positions and what came of the items before them; None where nothing is saved."""
        try:
            found = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise UsageError(f"{self.path} is no checkpoint: {error}") from None
        if not is_mapping(found) or found.get("about") != self.about:
            raise UsageError(another_scan(self.path))
        positions = {int(name): value for name, value in found["positions"].items()}
        return positions, found["state"]

    def save(self, positions: Mapping[int, Position], state: JsonObject) -> None:
        data = {"about": self.about, "positions": dict(positions), "state": state}
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        beside.write_text(json.dumps(data), "utf-8")
        beside.replace(self.path)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)


def another_scan(path: Path) -> str:
    """What is said of a checkpoint that this scan cannot go on from."""
    return f"{path} is a checkpoint of another scan: name another file, or remove it"


class Interruption:
    """Takes the first Ctrl-C for a wish that is met at the end of a page; the second ends it."""

    def __init__(self) -> None:
        self.is_wished = False
        self._before: Any = None

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._wish)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _wish(self, number: int, frame: FrameType | None) -> None:
        if self.is_wished:
            raise KeyboardInterrupt
        self.is_wished = True


def run_scan(
    scan: TableScan,
    take: Callable[[list[Item]], bool],
    state: Callable[[], JsonObject],
    checkpoint: Checkpoint | None,
) -> None:
    """Gives pages to `take` until it answers False; saves `state` with the positions meanwhile.

    What is saved is always that of whole pages. Interrupted, or where the table cannot be asked any
    more, it is saved once more.
    """
    progress, saving = _Progress(), _Saving(scan, state, checkpoint)
    pages = scan.pages()
    with Interruption() as interruption:
        try:
            for page in pages:
                goes_on = take(page.items)
                scan.positions[page.segment] = page.position
                progress.add(page)
                saving.save_now_and_then()
                if interruption.is_wished:
                    saving.save()
                    raise KeyboardInterrupt(_interrupted(progress.items, checkpoint))
                if not goes_on:
                    break
        except TransportError:
            saving.save()
            raise
        finally:
            pages.close()
    if checkpoint is not None:
        checkpoint.remove()


@dataclass
class _Saving:
    """Saves a checkpoint after the first page, and then so seldom that it takes a small part of the
    time."""

    scan: TableScan
    state: Callable[[], JsonObject]
    checkpoint: Checkpoint | None
    at: float = field(default_factory=time.monotonic)
    pause: float = 0.0

    def save_now_and_then(self) -> None:
        begun = time.monotonic()
        if self.checkpoint is not None and begun - self.at > self.pause:
            self.save()
            self.at = time.monotonic()
            self.pause = max(_SAVED_EVERY, 20 * (self.at - begun))

    def save(self) -> None:
        if self.checkpoint is not None:
            self.checkpoint.save(self.scan.positions, self.state())


@dataclass
class _Progress:
    """Shows people how far a scan is, and what it has cost."""

    items: int = 0
    units: float = 0.0
    shown: float = field(default_factory=time.monotonic)

    def add(self, page: ScannedPage) -> None:
        self.items, self.units = self.items + len(page.items), self.units + page.units
        now = time.monotonic()
        if sys.stderr.isatty() and now - self.shown > _SHOWN_EVERY:
            self.shown = now
            told = f"\r{self.items:,} items, {self.units:,.1f} units"
            print(told, end="", file=sys.stderr, flush=True)


def _interrupted(count: int, checkpoint: Checkpoint | None) -> str:
    goes_on = "the same command goes on from there"
    if checkpoint is None:
        goes_on = "with --checkpoint FILE the same command would go on from there"
    return f"interrupted after {count:,} items; {goes_on}"
