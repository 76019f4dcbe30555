"""What the scripts must ask of the machine and shell cannot do portably: ports, sessions, locks.

Standard library only, run before any environment exists; knows no service.
"""

import errno
import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

PROC = Path("/proc")
LISTENING = "0A"


def bindable(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
    except OSError as error:
        return error.errno not in (errno.EADDRINUSE, errno.EACCES)
    return True


def is_free(port: int) -> bool:
    """Whether a server could listen there, on whatever address; nothing listens meanwhile."""
    everywhere = "0.0.0.0"  # noqa: S104 - bound for an instant, never listened on
    return bindable(socket.AF_INET, everywhere, port) and bindable(socket.AF_INET6, "::1", port)


def free_ports(many: int) -> list[int]:
    """Different ones: each is held until all are chosen."""
    with ExitStack() as held:
        listeners = [held.enter_context(socket.socket()) for _ in range(many)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [int(listener.getsockname()[1]) for listener in listeners]


def listening_inodes(port: int) -> set[str]:
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in (PROC / "net" / table).read_text().splitlines()[1:]
    ]
    return {
        f"socket:[{row[9]}]"
        for row in rows
        if row[3] == LISTENING and int(row[1].rpartition(":")[2], 16) == port
    }


def opens(process: Path, inodes: set[str]) -> bool:
    try:
        return any(str(fd.readlink()) in inodes for fd in (process / "fd").iterdir())
    except OSError:  # ended meanwhile, or another user's
        return False


def command_line(process: Path) -> str:
    return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()


def holder(port: int) -> str:
    """Who listens on a port, as well as this user may know."""
    if PROC.joinpath("net/tcp").exists():
        inodes = listening_inodes(port)
        for process in PROC.glob("[0-9]*"):
            if inodes and opens(process, inodes):
                return f"process {process.name}: {command_line(process)[:120]}"
        return "a process this user may not see"
    found = subprocess.run(
        ["lsof", "-nP", "-t", f"-iTCP:{port}", "-sTCP:LISTEN"],
        capture_output=True,
        text=True,
        check=False,
    )
    return f"process {found.stdout.split()[0]}" if found.stdout.strip() else "an unknown process"


def remains(group: str, marker: str) -> list[str]:
    """Living members of a process group that carry our marker in their environment."""
    return [process.name for process in PROC.glob("[0-9]*") if is_remain(process, group, marker)]


def is_remain(process: Path, group: str, marker: str) -> bool:
    try:
        state, _, process_group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
        marked = marker.encode() in (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return state != "Z" and process_group == group and marked


def lock(descriptor: int, mode: int = 0) -> None:
    """Locks the open file that shell and helper share; it outlives the helper."""
    fcntl.flock(descriptor, fcntl.LOCK_EX | mode)


def spawn(program: str, *arguments: str) -> None:
    """Becomes the program, in a session of its own, so that its whole tree can be ended."""
    os.setsid()
    os.execvp(program, [program, *arguments])  # noqa: S606 - no shell wanted


COMMANDS: dict[str, Callable[..., int | None]] = {
    "port-free": lambda port: int(not is_free(int(port))),
    "holder": lambda port: print(holder(int(port))),
    "any-free-port": lambda: print(*free_ports(1)),
    "free-ports": lambda many: print(*free_ports(int(many))),
    "remains": lambda group, marker: print(*remains(group, marker)),
    "lock": lambda descriptor: lock(int(descriptor), fcntl.LOCK_NB),
    "await-lock": lambda descriptor: lock(int(descriptor)),
    "spawn": spawn,
}


def main(command: str, *arguments: str) -> int:
    """Exit code 1 for no: a port that is busy, a lock that is held."""
    try:
        return COMMANDS[command](*arguments) or 0
    except BlockingIOError:
        return 1
    except FileNotFoundError as error:
        print(f"error: {command} {' '.join(arguments)}: {error}", file=sys.stderr)
        return 127


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
