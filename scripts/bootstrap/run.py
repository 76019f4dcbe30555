"""Carries out the options of the table's bootstrap. Says what it does as it goes."""

from __future__ import annotations

import argparse
import os

from botocore.exceptions import BotoCoreError, ClientError

from access_patterns import blog
from scripts.bootstrap.clients import LOCAL_KEYS, client_of, explained
from scripts.bootstrap.demo import AccountDiffers, load_demo
from scripts.bootstrap.entrance import complain
from scripts.bootstrap.saved import BadFile, demo_ids
from scripts.bootstrap.tables import TableDiffers, ensure_table
from singletable import Repository, boto3_transport
from singletable.errors import SingleTableError


def run(options: argparse.Namespace) -> bool:
    """Whether the table is as it should be; says on standard error why not."""
    try:
        told = demo_ids(options.accounts)
        keys = {} if options.allow_remote else LOCAL_KEYS
        client = client_of("dynamodb", options.endpoint, _region(), keys)
        ensure_table(client, blog, options.table, recreate=options.recreate)
        print(f"table {options.table} is active at {options.endpoint}")
        if options.seed:
            load_demo(Repository(boto3_transport(client), {blog: options.table}), told)
    except (TableDiffers, AccountDiffers, BadFile) as error:
        return _failed(str(error))
    except SingleTableError as error:
        return _failed(f"{error} ({error.remedy})")
    except (ClientError, BotoCoreError) as error:
        return _failed(explained(error, options.endpoint, "DynamoDB"))
    return True


def _region() -> str:
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"


def _failed(problem: str) -> bool:
    complain(problem)
    return False
