"""How much memory a process holds, and whether that is flat. Knows no API."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)


def resident_mb(pid: int) -> float | None:
    """Resident memory in MiB; None if the process is gone."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        found = _RESIDENT.search(status.read_text())
        return int(found[1]) / 1024 if found else None
    listed = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return int(listed.stdout) / 1024 if listed.stdout.strip() else None


@dataclass(frozen=True)
class Memory:
    """Resident MiB: when caches and pools had filled, halfway, at the end."""

    start: float
    middle: float
    end: float

    def growth(self) -> float:
        return self.end - self.start

    def is_flat(self, bound: float) -> bool:
        """Whether it grew by at most `bound` MiB."""
        return self.growth() <= bound
