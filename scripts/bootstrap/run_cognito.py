"""Carries out the options of the bootstrap: user pool, demo accounts, bucket, queue, topic."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError

from model import Role
from scripts.bootstrap.accounts import ensure_account
from scripts.bootstrap.buckets import ensure_bucket, put_picture
from scripts.bootstrap.clients import LOCAL_KEYS, client_of, explained
from scripts.bootstrap.content import COVER, COVER_OBJECT, PASSWORD, USERS
from scripts.bootstrap.entrance import complain
from scripts.bootstrap.pools import Pool, ensure_pool
from scripts.bootstrap.queues import ensure_queues
from scripts.bootstrap.saved import save
from scripts.bootstrap.topics import ensure_topic

# moto takes unsigned requests for ones to this region.
REGION = "us-east-1"


def run(options: argparse.Namespace) -> bool:
    """Whether one can sign in; says on standard error why not."""
    endpoint = options.endpoint.rstrip("/")
    try:
        client = client_of("cognito-idp", endpoint, REGION, LOCAL_KEYS)
        pool = ensure_pool(client)
        users = {demo.short_name: ensure_account(client, pool.pool_id, demo) for demo in USERS}
        settings = _settings(endpoint, pool) | _uploads(endpoint, options.bucket)
        settings |= _jobs(endpoint, options.queue)
        settings |= _events(endpoint, options.topic)
        if options.save:
            save(options.save, {**settings, "sign_in": _sign_in()}, users)
    except (ClientError, BotoCoreError, OSError) as error:
        return _failed(_problem(error, endpoint))
    _tell(settings, users, as_json=options.json)
    return True


def _problem(error: ClientError | BotoCoreError | OSError, endpoint: str) -> str:
    return str(error) if isinstance(error, OSError) else explained(error, endpoint, "Cognito")


def _settings(endpoint: str, pool: Pool) -> dict[str, str]:
    """What the API is told; moto's tokens name Amazon as their issuer."""
    settings = {
        "COGNITO_USER_POOL_ID": pool.pool_id,
        "COGNITO_CLIENT_ID": pool.client_id,
        "COGNITO_CLIENT_SECRET": pool.secret,
        "COGNITO_ENDPOINT": endpoint,
        "COGNITO_ISSUER": f"https://cognito-idp.{REGION}.amazonaws.com/{pool.pool_id}",
        "COGNITO_JWKS_URL": f"{endpoint}/{pool.pool_id}/.well-known/jwks.json",
    }
    return {name: value for name, value in settings.items() if value}


def _uploads(endpoint: str, bucket: str | None) -> dict[str, str]:
    """What the API is told of the bucket, once it is there."""
    if not bucket:
        return {}
    client = client_of("s3", endpoint, REGION, LOCAL_KEYS)
    ensure_bucket(client, bucket)
    put_picture(client, bucket, f"media/{COVER_OBJECT}", COVER)
    return {"MEDIA_BUCKET": bucket, "S3_ENDPOINT": endpoint}


def _jobs(endpoint: str, queue: str | None) -> dict[str, str]:
    """What API and worker are told of the queue, once it is there."""
    if not queue:
        return {}
    url = ensure_queues(client_of("sqs", endpoint, REGION, LOCAL_KEYS), queue)
    return {"JOBS_QUEUE_URL": url, "SQS_ENDPOINT": endpoint}


def _events(endpoint: str, topic: str | None) -> dict[str, str]:
    """What the relay is told of the topic, once it is there."""
    if not topic:
        return {}
    sns, sqs = (client_of(each, endpoint, REGION, LOCAL_KEYS) for each in ("sns", "sqs"))
    return {"EVENTS_TOPIC_ARN": ensure_topic(sns, sqs, topic), "SNS_ENDPOINT": endpoint}


def _sign_in() -> str:
    """How people do it, for the first demo user of each role."""
    first = {demo.role: demo.email for demo in reversed(USERS)}
    people = ", ".join(f"{first[role]} ({role.value.partition(':')[2]})" for role in Role)
    return f"POST /v1/auth/login as {people}; password {PASSWORD}"


def _tell(settings: Mapping[str, str], users: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        accounts = [
            {"email": demo.email, "role": demo.role.value, "user_id": users[demo.short_name]}
            for demo in USERS
        ]
        print(json.dumps({"settings": settings, "accounts": accounts, "password": PASSWORD}))
        return
    for name, value in settings.items():
        print(f"{name}={value}")


def _failed(problem: str) -> bool:
    complain(problem)
    return False
