"""A copy of the scripts in a temporary folder, with small stand-ins for what they start.

Nothing here installs or downloads; ports are free ones.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import pytest

REPOSITORY = Path(__file__).parents[2]

FAKE_MOTO = """
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

tables, pools, buckets, queues, topics = set(), set(), set(), set(), set()

def answer_sns(form):
    if form["Action"] == ["CreateTopic"]:
        topics.add("arn:" + form["Name"][0])
    return 200 if form["Action"] == ["CreateTopic"] or form["TopicArn"][0] in topics else 404, b""

class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if "X-Amz-Target" not in self.headers:
            return self.answer(*answer_sns(parse_qs(sent.decode())))
        body = json.loads(sent)
        operation = self.headers["X-Amz-Target"].split(".")[1]
        if operation == "CreateTable":
            tables.add(body["TableName"])
        if operation == "CreateUserPool":
            pools.add(body["PoolName"])
        if operation == "CreateQueue":
            queues.add(body["QueueName"])
        answer = {
            "ListTables": {"TableNames": []},
            "DescribeTable": {"Table": {}} if body.get("TableName") in tables else {},
            "ListUserPools": {"UserPools": []},
            "DescribeUserPool": {"UserPool": {}} if body.get("UserPoolId") in pools else {},
            "GetQueueUrl": {"QueueUrl": "q"} if body.get("QueueName") in queues else {},
        }
        self.answer(200, json.dumps(answer.get(operation, {})).encode())

    def do_PUT(self):
        buckets.add(self.path)
        self.answer(200, b"")

    def do_GET(self):
        self.answer(200 if self.path in buckets else 404, b"")

    def answer(self, status, payload):
        self.send_response(status)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

HTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("-p") + 1])), Handler).serve_forever()
"""

FAKE_DISPATCHER = """
class DomainDispatcherApplication:
    def __call__(self): ...
"""

FAKE_BOOTSTRAP = """
import json, sys
from pathlib import Path
from urllib.request import Request, urlopen

arguments = dict(zip(sys.argv[1:], sys.argv[2:]))
body = json.dumps({"TableName": arguments["--table"]}).encode()
urlopen(Request(arguments["--endpoint"], body, {"X-Amz-Target": "DynamoDB_20120810.CreateTable"}))
with Path("bootstraps").open("a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
"""

FAKE_COGNITO_BOOTSTRAP = """
import json, sys
from pathlib import Path
from urllib.request import Request, urlopen

arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
endpoint, bucket = arguments["--endpoint"], arguments.get("--bucket")
pool = Path("pool-name").read_text() if Path("pool-name").exists() else "us-east-1_demo"
target = {"X-Amz-Target": "AWSCognitoIdentityProviderService.CreateUserPool"}
urlopen(Request(endpoint, json.dumps({"PoolName": pool}).encode(), target))
uploads = f"MEDIA_BUCKET={bucket}\\nS3_ENDPOINT={endpoint}\\n" if bucket else ""
if bucket:
    urlopen(Request(f"{endpoint}/{bucket}", method="PUT"))
queue = arguments.get("--queue")
if queue:
    target = {"X-Amz-Target": "AmazonSQS.CreateQueue"}
    urlopen(Request(endpoint, json.dumps({"QueueName": queue}).encode(), target))
    uploads += f"JOBS_QUEUE_URL={endpoint}/1/{queue}\\nSQS_ENDPOINT={endpoint}\\n"
topic = arguments.get("--topic")
if topic:
    urlopen(Request(endpoint, f"Action=CreateTopic&Name={topic}".encode()))
    uploads += f"EVENTS_TOPIC_ARN=arn:{topic}\\nSNS_ENDPOINT={endpoint}\\n"
Path(arguments["--save"]).write_text(
    f"{uploads}COGNITO_USER_POOL_ID={pool}\\nCOGNITO_CLIENT_ID=$(touch sourced)\\n"
    f"COGNITO_ENDPOINT={endpoint}\\nuser.ada=1-2-3\\nsign_in=as ada@example.com\\n")
with Path("pool-bootstraps").open("a") as log:
    log.write(endpoint + "\\n")
"""

FAKE_RELAY = """
import json, os, time
from pathlib import Path

Path("relay-settings").write_text(json.dumps(dict(os.environ)))
print("the relay reads the stream of the tests", flush=True)
time.sleep(600)
"""

FAKE_APP = """
import json, os

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    body = json.dumps(dict(os.environ)).encode()
    await send({"type": "http.response.start", "status": READY, "headers": []})
    await send({"type": "http.response.body", "body": body})
"""


FAKE_SERVER = """
import sys

import uvicorn

from app.main import app

uvicorn.run(app, port=int(sys.argv[sys.argv.index("--port") + 1]))
"""

FAKE_WORKER = """
import json, os, signal, sys, time

signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print(json.dumps({"told": os.environ["JOBS_QUEUE_URL"]}))
print(json.dumps({"message": "waiting for jobs"}), flush=True)
time.sleep(600)
"""


def free_ports(many: int) -> list[int]:
    """Held all at once: asked for one by one, the same may come twice."""
    with ExitStack() as held:
        listeners = [held.enter_context(socket.socket()) for _ in range(many)]
        for listener in listeners:
            listener.bind(("127.0.0.1", 0))
        return [int(listener.getsockname()[1]) for listener in listeners]


@dataclass
class Site:
    """One copy of the project, and how to run its scripts."""

    root: Path
    api_port: int = field(init=False)
    dynamodb_port: int = field(init=False)
    cognito_port: int = field(init=False)

    def __post_init__(self) -> None:
        self.api_port, self.dynamodb_port, self.cognito_port = free_ports(3)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.root / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.root),
            "API_PORT": str(self.api_port),
            "DYNAMODB_PORT": str(self.dynamodb_port),
            "COGNITO_PORT": str(self.cognito_port),
            "PYTHON": sys.executable,
            "READY_TIMEOUT": "15",
        }

    def command(self, script: str, *arguments: str) -> list[str]:
        return ["bash", str(self.root / "scripts" / script), *arguments]

    def run(
        self, script: str, *arguments: str, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(script, *arguments),
            env={**self.environment, **settings},
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def shell(self, code: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Runs code after the libraries are sourced."""
        names = (
            "common environment process state java moto dynamodb cognito parts relay decisions"
            " report"
        )
        sources = "".join(f"source scripts/lib/{name}.sh\n" for name in names.split())
        return subprocess.run(
            ["bash", "-c", f"{sources}find_python\n{code}"],
            env={**self.environment, **settings},
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def backend(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return self.run("run_backend_local.sh", *arguments, **settings)

    def pid(self, part: str) -> int:
        return int((self.root / ".devserver" / "pids" / f"{part}.pid").read_text().split()[0])

    def health(self) -> dict[str, bool]:
        parts = json.loads(self.backend("status", "--json").stdout)["parts"]
        return {part["part"]: part["healthy"] for part in parts}

    def program(self, name: str, text: str) -> Path:
        """Puts a program before all others of its name on PATH."""
        path = self.root / "bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def ready_status(self, status: int) -> None:
        (self.root / "app" / "main.py").write_text(f"READY = {status}\n{FAKE_APP}")

    def bootstraps(self) -> list[str]:
        """The arguments of each run of the table's bootstrap."""
        return (self.root / "bootstraps").read_text().splitlines()

    def pool_bootstraps(self) -> int:
        return len((self.root / "pool-bootstraps").read_text().splitlines())

    def relay_settings(self) -> dict[str, str]:
        """The environment that the relay was started with."""
        settings: dict[str, str] = json.loads((self.root / "relay-settings").read_text())
        return settings

    def api_settings(self) -> dict[str, str]:
        """The environment that the API was started with."""
        with urlopen(f"http://127.0.0.1:{self.api_port}/") as answer:
            settings: dict[str, str] = json.load(answer)
        return settings


def lay_out(root: Path) -> Site:
    for folder in ("scripts", "sam", "locks"):
        shutil.copytree(
            REPOSITORY / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(REPOSITORY / "pyproject.toml", root)
    for folder in ("app", "moto", ".venv/bin"):
        (root / folder).mkdir(parents=True)
    for package in ("app", "moto"):
        (root / package / "__init__.py").touch()
    (root / "moto" / "server.py").write_text(FAKE_MOTO)
    (root / "moto" / "moto_server").mkdir()
    (root / "moto" / "moto_server" / "werkzeug_app.py").write_text(FAKE_DISPATCHER)
    (root / "scripts" / "lib" / "moto_memory.py").write_text("def bound_memory(): ...")
    (root / "scripts" / "dynamodb_local_bootstrap.py").write_text(FAKE_BOOTSTRAP)
    (root / "scripts" / "cognito_local_bootstrap.py").write_text(FAKE_COGNITO_BOOTSTRAP)
    (root / "docs").mkdir()
    shutil.copy(REPOSITORY / "docs" / "settings.md", root / "docs")
    (root / "app" / "serve.py").write_text(FAKE_SERVER)
    (root / "app" / "worker.py").write_text(FAKE_WORKER)
    (root / "app" / "relay.py").write_text(FAKE_RELAY)
    site = Site(root)
    site.ready_status(200)
    python = root / ".venv" / "bin" / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    for program in ("docker", "java"):
        site.program(program, "#!/bin/sh\nexit 1\n")
    site.shell("write_stamp dev").check_returncode()
    return site


@pytest.fixture(autouse=True)
def interruptible() -> Iterator[None]:
    """What is started obeys SIGINT, even if the tests run in the background of a shell.

    Such a shell ignores the signal, and so does every child that inherits this.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A laid-out copy; whatever a test leaves running is ended."""
    site = lay_out(tmp_path)
    yield site
    if any((tmp_path / ".devserver").glob("pids/*")):
        site.backend("down")


@pytest.fixture
def repository() -> Path:
    return REPOSITORY
