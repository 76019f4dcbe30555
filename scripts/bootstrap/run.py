"""Carries out the bootstrap's options against one endpoint. Says what it does as it goes."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from access_patterns import blog
from scripts.bootstrap.demo import load_demo
from scripts.bootstrap.tables import TableDiffers, ensure_table
from singletable import Repository, SingleTableError
from singletable.transport.boto3_adapter import boto3_transport

_LOCAL_KEYS = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}


def run(options: argparse.Namespace) -> bool:
    """Whether the table is as it should be; says on standard error why not."""
    try:
        client = _client(options)
        ensure_table(client, blog, options.table, recreate=options.recreate)
        print(f"table {options.table} is active at {options.endpoint}")
        if options.seed:
            load_demo(Repository(boto3_transport(client), options.table))
    except TableDiffers as error:
        return _failed(str(error))
    except SingleTableError as error:
        return _failed(f"{error} ({error.remedy})")
    except ClientError as error:
        return _failed(_refusal(options.endpoint, error.response))
    except BotoCoreError as error:
        return _failed(f"{options.endpoint} does not answer as DynamoDB: {error}")
    return True


def _client(options: argparse.Namespace) -> Any:
    """Local endpoints are told local keys: real ones stay at home."""
    keys = {} if options.allow_remote else _LOCAL_KEYS
    return boto3.session.Session(
        region_name=os.environ.get("AWS_REGION")
        or os.environ.get("AWS_DEFAULT_REGION")
        or "us-east-1",
        **keys,
    ).client(
        "dynamodb",
        endpoint_url=options.endpoint,
        config=Config(
            connect_timeout=3,
            read_timeout=10,
            retries={"mode": "standard", "total_max_attempts": 3},
        ),
    )


def _refusal(endpoint: str, response: Mapping[str, Any]) -> str:
    """DynamoDB names its errors; a bare status is the answer of something else."""
    problem = response.get("Error", {})
    code, message = str(problem.get("Code")), problem.get("Message")
    if code.isdigit():
        return f"{endpoint} does not answer as DynamoDB: HTTP status {code}"
    return f"{code}: {message}"


def _failed(problem: str) -> bool:
    print(f"dynamodb_local_bootstrap: {problem}", file=sys.stderr)
    return False
