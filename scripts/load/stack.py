"""The parts of a local stack that the load looks at from outside: pids and the API's log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scripts.load.capacity import Capacity, capacity_since
from scripts.load.memory import resident_mb


@dataclass(frozen=True)
class Stack:
    """Where the scripts keep a stack's pids and logs; None: the API is somewhere else."""

    folder: Path | None

    def pid(self, part: str) -> int | None:
        """Of a part by its name, such as `api`; of several, such as `redis-6379`, the first."""
        if self.folder is None:
            return None
        for file in sorted((self.folder / "pids").glob(f"{part}*.pid")):
            return int(file.read_text().split()[0])
        return None

    def memory(self) -> float | None:
        """Resident MiB of the API."""
        pid = self.pid("api")
        return resident_mb(pid) if pid else None

    def log_end(self) -> int:
        log = self._log()
        return log.stat().st_size if log else 0

    def capacity(self, since: int) -> Capacity:
        """By access pattern, of what the API logged after that many bytes."""
        log = self._log()
        return capacity_since(log, since) if log else {}

    def _log(self) -> Path | None:
        log = self.folder / "logs" / "api.log" if self.folder else None
        return log if log and log.exists() else None
