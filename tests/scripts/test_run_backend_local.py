"""The one command that runs the backend: what it starts, refuses, repairs and takes back."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Site


PARTS = ("dynamodb", "cognito", "relay", "api", "worker")


def running(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.slow
def test_up_starts_what_is_missing_and_down_frees_the_ports(site: "Site") -> None:
    """One life of the stack: up, up again, each part killed, down, down again."""
    first = site.backend("up")
    assert first.returncode == 0, first.stderr
    for url in ("/docs", "/openapi.json", f"http://127.0.0.1:{site.dynamodb_port}"):
        assert url in first.stdout
    assert "moto, embedded; in memory" in first.stdout
    assert "skipped; to start them too: FRONTEND_DIR=" in first.stdout
    assert first.stderr == ""
    assert site.health() == dict.fromkeys(PARTS, True)
    assert (
        site.api_settings().items()
        >= {
            "USE_DYNAMO": "1",
            "DYNAMODB_ENDPOINT": f"http://127.0.0.1:{site.dynamodb_port}",
            "TABLE_NAME": "singletable_blog_local",
            "APP_ENV": "local",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "ALLOWED_ORIGINS": "http://localhost:3000,http://localhost:6006,"
            "http://127.0.0.1:3000,http://127.0.0.1:6006",
        }.items()
    )

    api = site.pid("api")
    second = site.backend("up")
    assert "api runs already" in second.stdout
    assert (site.pid("api"), len(site.bootstraps())) == (api, 1)

    os.kill(site.pid("dynamodb"), signal.SIGKILL)
    assert site.backend("status").returncode == 1
    assert site.backend("up").returncode == 0
    assert (site.pid("api"), len(site.bootstraps())) == (api, 2)

    assert site.backend("down").returncode == 0
    for port in (site.api_port, site.cognito_port, site.dynamodb_port):
        assert not listening(port)
    assert site.backend("down").returncode == 0
    assert site.backend("status").returncode == 1


@pytest.mark.slow
def test_a_setting_that_changed_is_taken_and_the_data_stays(site: "Site") -> None:
    """Only what the shell says anew changes; `restart api` leaves all others as they are."""
    site.backend("up", READS_PER_MINUTE="7", REDIS_URL="redis://a").check_returncode()
    dynamodb, relay = site.pid("dynamodb"), site.pid("relay")
    taken = site.backend("up", ALLOWED_ORIGINS="https://a.example", REDIS_URL="redis://b")
    assert taken.returncode == 0, taken.stderr
    assert "other settings (ALLOWED_ORIGINS REDIS_URL); the data stays" in taken.stdout
    told = site.api_settings()
    assert told["ALLOWED_ORIGINS"] == "https://a.example"
    assert (told["READS_PER_MINUTE"], told["REDIS_URL"]) == ("7", "redis://b")
    assert site.relay_settings()["REDIS_URL"] == "redis://b"
    assert (site.pid("dynamodb"), len(site.bootstraps())) == (dynamodb, 1)
    assert site.pid("relay") != relay
    assert (site.root / ".devserver" / "settings").stat().st_mode & 0o777 == 0o600

    api, worker = site.pid("api"), site.pid("worker")
    again = site.backend("restart", "api")
    assert again.returncode == 0, again.stderr
    assert site.api_settings()["READS_PER_MINUTE"] == "7"
    assert (site.pid("api") != api, site.pid("worker")) == (True, worker)
    assert (site.pid("dynamodb"), len(site.bootstraps())) == (dynamodb, 1)
    assert site.backend("restart", "worker").returncode == 2


def fake_java(site: "Site") -> None:
    """A Java 17 that notes what it runs: a DynamoDB, as moto's stand-in is one."""
    site.program(
        "java",
        f"""#!/bin/sh
[ "$1" != -version ] || {{ echo 'openjdk version "17.0.1"' >&2; exit 0; }}
echo "$*" >>{site.root}/java-calls
while [ "$1" != -port ]; do shift; done
exec {site.root}/.venv/bin/python -m moto.server -p "$2"
""",
    )
    site.program("mvn", "#!/bin/sh\nexit 0\n")


@pytest.mark.slow
def test_java_is_preferred_to_moto_and_keeps_the_table_when_told_to(site: "Site") -> None:
    """`--keep` has a folder, filled once; moto, which keeps nothing, is refused for it."""
    fake_java(site)
    kept = site.backend("up", "--keep")
    assert kept.returncode == 0, kept.stderr
    data = site.root / ".devserver" / "data"
    assert f"DynamoDB Local under Java, on every interface; kept in {data}" in kept.stdout
    assert site.health() == dict.fromkeys(PARTS, True)
    assert f"-dbPath {data} -sharedDb" in (site.root / "java-calls").read_text()
    assert f"kept in {data}" in site.backend("down").stdout
    assert (data / "bootstrapped").exists()

    in_memory = site.backend("up")
    assert "under Java, on every interface; in memory" in in_memory.stdout
    assert "-inMemory -sharedDb" in (site.root / "java-calls").read_text()
    refused = site.backend("up", "--keep")
    assert refused.returncode == 2
    assert "the DynamoDB that runs keeps no data" in refused.stderr
    site.backend("down").check_returncode()

    refused = site.backend("up", "--keep", EMBEDDED="1")
    assert refused.returncode == 3
    assert "--keep wants DynamoDB Local under Java 17" in refused.stderr


@pytest.mark.slow
def test_jars_that_cannot_be_fetched_leave_moto(site: "Site") -> None:
    """A machine with Java and Maven, and without a network, has a stack as well."""
    fake_java(site)
    site.program("mvn", "#!/bin/sh\necho no network\nexit 1\n")
    done = site.backend("up")
    assert done.returncode == 0, done.stderr
    assert "DynamoDB Local could not be fetched" in done.stdout
    assert "moto, embedded" in done.stdout


@pytest.mark.slow
def test_a_part_that_ends_while_starting_shows_its_log_and_leaves_nothing(site: "Site") -> None:
    """A failed up says why, exits 6 and takes back what it started."""
    (site.root / "app" / "main.py").write_text("raise RuntimeError('no such luck')")
    result = site.backend("up")
    assert result.returncode == 6
    assert "no such luck" in result.stderr
    assert "taking back" in result.stderr
    assert not listening(site.dynamodb_port)
    assert not list((site.root / ".devserver" / "pids").iterdir())


@pytest.mark.slow
def test_a_part_that_never_gets_ready_is_given_up(site: "Site") -> None:
    """An API whose /ready refuses is no success."""
    site.ready_status(503)
    result = site.backend("up", READY_TIMEOUT="3")
    assert result.returncode == 6
    assert "not healthy after 3 s" in result.stderr
    assert not listening(site.api_port)


@pytest.mark.slow
def test_an_interrupted_up_takes_back_what_it_started(site: "Site") -> None:
    """Ctrl-C while waiting ends the started parts and exits 130."""
    site.ready_status(503)
    with subprocess.Popen(
        site.command("run_backend_local.sh", "up"),
        env=site.environment,
        cwd=site.root,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as up:
        deadline = time.monotonic() + 15
        while not listening(site.api_port) and time.monotonic() < deadline:
            time.sleep(0.05)
        up.send_signal(signal.SIGINT)
        assert up.wait(20) == 130
    for port in (site.api_port, site.cognito_port, site.dynamodb_port):
        assert not listening(port)


def test_a_busy_port_is_named_with_its_holder_before_anything_starts(site: "Site") -> None:
    """A foreign listener on the API's port is exit 4, and DynamoDB was not started."""
    with socket.create_server(("127.0.0.1", site.api_port)):
        result = site.backend("up")
    assert result.returncode == 4
    assert f"port {site.api_port}" in result.stderr
    assert f"process {os.getpid()}" in result.stderr
    assert "API_PORT" in result.stderr
    assert not list((site.root / ".devserver" / "pids").iterdir())


def test_two_parts_cannot_share_a_port(site: "Site") -> None:
    """The same port for API and DynamoDB is exit 2, and nothing was started."""
    site.api_port = site.dynamodb_port
    result = site.backend("up")
    assert result.returncode == 2
    assert f"API_PORT is {site.dynamodb_port}" in result.stderr
    assert not list((site.root / ".devserver" / "pids").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("recorded", ["{pid} 1 8001", "{pid}", "", "-1 1 1", "nonsense here"])
def test_a_stale_pid_file_never_ends_a_foreign_process(site: "Site", recorded: str) -> None:
    """A pid without its start time is somebody else's."""
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as foreign:
        pids = site.root / ".devserver" / "pids"
        pids.mkdir(parents=True, exist_ok=True)
        (pids / "api.pid").write_text(recorded.format(pid=foreign.pid))
        assert site.backend("down").returncode == 0
        assert foreign.poll() is None
        assert not (pids / "api.pid").exists()
        foreign.kill()


def test_a_given_dynamodb_that_is_silent_is_named(site: "Site") -> None:
    """DYNAMODB_ENDPOINT is used as it is, and an unreachable one is exit 6."""
    endpoint = f"http://127.0.0.1:{site.dynamodb_port}"
    result = site.backend("up", DYNAMODB_ENDPOINT=endpoint)
    assert result.returncode == 6
    assert f"no DynamoDB answers at {endpoint}" in result.stderr


@pytest.mark.slow
def test_an_answering_docker_engine_is_preferred_to_moto(site: "Site") -> None:
    """With an engine, up and down go through the compose file."""
    site.program(
        "docker",
        f"""#!/bin/sh
echo "$*" >>{site.root}/docker-calls
case "$*" in
  *" up -d") {site.root}/.venv/bin/python -m moto.server -p "$DYNAMODB_PORT" >/dev/null 2>&1 &
    echo $! >{site.root}/container ;;
  *" down") kill "$(cat {site.root}/container)" ;;
esac
""",
    )
    result = site.backend("up")
    assert result.returncode == 0, result.stderr
    assert "DynamoDB Local in a container" in result.stdout
    assert site.health() == dict.fromkeys(PARTS, True)
    assert site.backend("down").returncode == 0
    calls = (site.root / "docker-calls").read_text()
    assert f"-f {site.root}/sam/local/docker-compose.dynamodb.yml up -d" in calls
    assert f"-f {site.root}/sam/local/docker-compose.dynamodb.yml down" in calls


def test_a_frontend_folder_without_package_json_is_refused(site: "Site") -> None:
    """The error comes before anything starts, with exit 3."""
    result = site.backend("up", FRONTEND_DIR=str(site.root / "scripts"))
    assert result.returncode == 3
    assert "package.json" in result.stderr
    assert not listening(site.dynamodb_port)


@pytest.mark.slow
def test_the_frontend_gets_the_real_address_and_ends_as_a_tree(site: "Site") -> None:
    """Storybook and Next.js are told the API's token too; down ends their orphans as well."""
    frontend = site.root / "frontend"
    tools = frontend / "node_modules" / ".bin"
    tools.mkdir(parents=True)
    (frontend / "package.json").write_text("{}")
    for tool in ("storybook", "next"):
        (tools / tool).write_text(
            "#!/bin/bash\n"
            'echo "$PWD $* $NEXT_PUBLIC_API_BASE_URL $NEXT_PUBLIC_ADMIN_API_TOKEN"\n'
            'port=$(sed "s/.*--port \\([0-9]*\\).*/\\1/" <<<"$*")\n'
            'python3 -m http.server --bind 127.0.0.1 "$port" &\n'
            "echo $! >child.$(basename $0)\nwait\n"
        )
        (tools / tool).chmod(0o755)
    ports = {"STORYBOOK_PORT": "0", "NEXTJS_PORT": "0"}
    for name in ports:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            ports[name] = str(listener.getsockname()[1])
    result = site.backend("up", FRONTEND_DIR="frontend", ADMIN_API_TOKEN="own-token", **ports)
    assert result.returncode == 0, result.stderr
    log = site.backend("logs", "nextjs").stdout
    assert f"{frontend} dev --webpack --port {ports['NEXTJS_PORT']}" in log
    assert f"http://localhost:{site.api_port} own-token" in log
    assert set(site.health()) == {*PARTS, "storybook", "nextjs"}
    children = [int((frontend / f"child.{tool}").read_text()) for tool in ("storybook", "next")]
    os.kill(site.pid("nextjs"), signal.SIGKILL)
    assert site.backend("down").returncode == 0
    assert not any(running(child) for child in children)


@pytest.mark.slow
def test_invented_credentials_go_to_this_machine_only(site: "Site") -> None:
    """Dummy credentials are set for local endpoints when there are none, and never otherwise."""
    code = (
        'ENDPOINT={} GIVEN_POOL="" GIVEN_BUCKET="" GIVEN_QUEUE="" GIVEN_TOPIC="" TABLE_NAME=t'
        '; export_settings; echo "${{AWS_ACCESS_KEY_ID-none}}"'
    )
    assert site.shell(code.format("http://localhost:8000")).stdout == "local\n"
    assert site.shell(code.format("http://localhost.example.com")).stdout == "none\n"
    assert (
        site.shell(code.format("http://127.0.0.1:1"), AWS_ACCESS_KEY_ID="mine").stdout == "mine\n"
    )
    given = code.format("http://localhost:8000").replace('""', "eu-west-1_mine", 1)
    assert site.shell(given).stdout == "none\n"
    assert site.shell(given, COGNITO_ENDPOINT="http://localhost:1").stdout == "local\n"
    bucket = code.format("http://localhost:8000").replace('BUCKET=""', "BUCKET=mine")
    assert site.shell(bucket).stdout == "none\n"
    assert site.shell(bucket, S3_ENDPOINT="http://localhost:1").stdout == "local\n"


def test_logs_are_listed_and_an_unknown_one_is_refused(site: "Site") -> None:
    """logs takes the name of a log, never a path."""
    assert "no logs yet" in site.backend("logs").stdout
    assert site.backend("logs", "../../pyproject").returncode == 2
