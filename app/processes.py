"""What every process is made of: settings, logs, the repository of the table; and its end."""

from __future__ import annotations

import logging
import signal
from collections.abc import Sequence
from contextlib import ExitStack
from threading import Event
from types import FrameType

from botocore.exceptions import BotoCoreError, ClientError

from access_patterns import blog
from app.adapters.read_cache import Pages, ReadCache
from app.aws.clients import Clients, reason_of, transport_options
from app.aws.settings import load_settings
from app.core.context import configure_logging, note_pattern
from app.core.metrics import note_observed
from app.core.settings import Settings
from app.core.settings_base import SettingsError
from singletable import Repository
from singletable.transport import lean_transport

log = logging.getLogger("app.cache")
_SPARE_SECONDS = 10.0


def begin() -> Settings:
    """The settings, by which lines are logged from here on.

    Ends the process with the message alone if they are refused.
    """
    try:
        settings = load_settings()
    except SettingsError as error:
        raise SystemExit(str(error)) from None
    configure_logging(settings.log_level)
    return settings


def stop_event() -> Event:
    """Set when TERM or INT comes, which end nothing by themselves from here on."""
    stop = Event()

    def note(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, note)
    return stop


def make_repository(settings: Settings, opened: ExitStack | None = None) -> Repository:
    """The repository of the configured table, with its cache; sends nothing yet.

    `opened` is given what has to be closed at the end.
    """
    transport = lean_transport(**transport_options(settings))
    if opened is not None:
        opened.callback(transport.close)
    repository = Repository(
        transport,
        {blog: settings.table_name},
        cursor_secret=settings.secrets,
        observe=(note_pattern, note_observed),
        count_capacity=settings.metrics != "off",
    )
    return cached(repository, settings, opened)


def cached(
    repository: Repository, settings: Settings, opened: ExitStack | None = None
) -> Repository:
    """The repository, answering public questions from Redis. Connects to nothing yet.

    `opened` is given what has to be closed at the end.
    """
    if not settings.redis_url:
        log.info("REDIS_URL is not set: answers are not shared between instances")
        return repository
    pages = Pages(settings.redis_url, doubt_seconds=longest_write(settings))
    if opened is not None:
        opened.callback(pages.close)
    return repository.with_middleware(ReadCache(pages, settings.secrets[0]))


def longest_write(settings: Settings) -> float:
    """Seconds within which a write has happened, or never will."""
    attempt = settings.aws_connect_timeout_seconds + settings.aws_read_timeout_seconds
    return settings.aws_max_attempts * attempt + _SPARE_SECONDS


def table_problems(clients: Clients, name: str) -> Sequence[str]:
    """Why the table is not active and as declared; empty: it is."""
    # They load long, and no request needs them but this one.
    from singletable.check import table_differences  # noqa: PLC0415
    from singletable.design import compile_table  # noqa: PLC0415

    try:
        table = clients.dynamodb.describe_table(TableName=name)["Table"]
    except ClientError as error:
        return [f"the table cannot be described: {reason_of(error)}"]
    except BotoCoreError as error:
        return [f"DynamoDB cannot be reached: {reason_of(error)}"]
    if table.get("TableStatus") not in ("ACTIVE", "UPDATING"):
        return [f"the table is {table.get('TableStatus')}"]
    return table_differences(compile_table(blog), table)
