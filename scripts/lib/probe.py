"""What the scripts must ask of the machine and shell cannot answer portably.

Standard library only, run before any environment exists; knows no app and no table design.
"""

import fcntl
import http.client
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

PROC = Path("/proc")
LISTENING = "0A"
SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=00"
)


def request(url: str, method: str, body: str | None, headers: dict[str, str]) -> tuple[int, bytes]:
    """One bounded request, past every proxy setting: (status, body)."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request(method, parts.path or "/", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def dynamodb(url: str, operation: str, arguments: dict[str, str]) -> dict[str, object]:
    """What a local DynamoDB answers; no emulator checks the signature."""
    headers = {
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Date": "20200101T000000Z",
        "Authorization": SIGNATURE,
    }
    _, body = request(url, "POST", json.dumps(arguments), headers)
    answer = json.loads(body)
    return answer if isinstance(answer, dict) else {}


def answers_dynamodb(url: str) -> bool:
    """Whether something there speaks DynamoDB: it lists tables, or refuses in DynamoDB's own words."""
    answer = dynamodb(url, "ListTables", {})
    return "TableNames" in answer or "com.amazon" in str(answer.get("__type", ""))


def has_table(url: str, table: str) -> bool:
    return "Table" in dynamodb(url, "DescribeTable", {"TableName": table})


def answers_http(url: str, wanted: str) -> bool:
    """Whether a GET is answered with the wanted status ("any" takes all)."""
    status, _ = request(url, "GET", None, {})
    return wanted in ("any", str(status))


def bindable(family: socket.AddressFamily, host: str, port: int) -> bool:
    try:
        with socket.socket(family) as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
    except OSError as error:
        return error.errno not in (13, 48, 98)  # EACCES, and EADDRINUSE on macOS and Linux
    return True


def free(port: int) -> bool:
    return bindable(socket.AF_INET, "0.0.0.0", port) and bindable(socket.AF_INET6, "::1", port)


def any_free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


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
        ["lsof", "-nP", "-t", f"-iTCP:{port}", "-sTCP:LISTEN"],  # noqa: S607 - found on PATH
        capture_output=True,
        text=True,
        check=False,
    )
    return f"process {found.stdout.split()[0]}" if found.stdout.strip() else "an unknown process"


def remains(group: str, marker: str) -> list[str]:
    """Living members of a process group that carry our marker in their environment."""
    return [
        process.name for process in PROC.glob("[0-9]*") if is_remain(process, group, marker)
    ]


def is_remain(process: Path, group: str, marker: str) -> bool:
    try:
        state, _, process_group = (process / "stat").read_text().rpartition(")")[2].split()[:3]
        marked = marker.encode() in (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False
    return state != "Z" and process_group == group and marked


def lock(descriptor: int, mode: int = 0) -> bool:
    """Locks the open file that shell and helper share; it outlives the helper."""
    fcntl.flock(descriptor, fcntl.LOCK_EX | mode)
    return True


def main(arguments: list[str]) -> int:
    match arguments:
        case ["dynamodb", url]:
            return not answers_dynamodb(url)
        case ["table", url, table]:
            return not has_table(url, table)
        case ["http", url, wanted]:
            return not answers_http(url, wanted)
        case ["port-free", port]:
            return not free(int(port))
        case ["holder", port]:
            print(holder(int(port)))
        case ["any-free-port"]:
            print(any_free_port())
        case ["remains", group, marker]:
            print(*remains(group, marker))
        case ["lock", descriptor]:
            return not lock(int(descriptor), fcntl.LOCK_NB)
        case ["await-lock", descriptor]:
            return not lock(int(descriptor))
        case ["spawn", program, *rest]:  # a session of its own: `down` ends the whole tree
            os.setsid()
            os.execvp(program, [program, *rest])
        case _:
            print(f"error: probe.py knows no {arguments}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, ValueError, http.client.HTTPException):
        sys.exit(1)
