"""Asks a local service whether it answers: those of AWS as AWS does, others over HTTP.

Standard library only, run before any environment exists; knows no app and no table design.
"""

import http.client
import json
import sys
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

SIGNATURE = (
    "AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/{}/aws4_request, "
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


def ask(
    url: str, service: str, version: str, target: str, arguments: dict[str, object]
) -> dict[str, object]:
    """What a local AWS service answers; no emulator checks the signature."""
    headers = {
        "X-Amz-Target": target,
        "Content-Type": f"application/x-amz-json-{version}",
        "X-Amz-Date": "20200101T000000Z",
        "Authorization": SIGNATURE.format(service),
    }
    _, body = request(url, "POST", json.dumps(arguments), headers)
    answer = json.loads(body)
    return answer if isinstance(answer, dict) else {}


def dynamodb(url: str, operation: str, **arguments: object) -> dict[str, object]:
    return ask(url, "dynamodb", "1.0", f"DynamoDB_20120810.{operation}", arguments)


def cognito(url: str, operation: str, **arguments: object) -> dict[str, object]:
    target = f"AWSCognitoIdentityProviderService.{operation}"
    return ask(url, "cognito-idp", "1.1", target, arguments)


def answers_dynamodb(url: str) -> bool:
    """Whether DynamoDB is there: it lists tables, or refuses in its own words."""
    answer = dynamodb(url, "ListTables")
    return "TableNames" in answer or "com.amazon" in str(answer.get("__type", ""))


def has_table(url: str, table: str) -> bool:
    return "Table" in dynamodb(url, "DescribeTable", TableName=table)


def answers_cognito(url: str) -> bool:
    return "UserPools" in cognito(url, "ListUserPools", MaxResults=1)


def has_pool(url: str, pool: str) -> bool:
    return "UserPool" in cognito(url, "DescribeUserPool", UserPoolId=pool)


def has_bucket(url: str, bucket: str) -> bool:
    """Without a name it would be the list of all buckets that is asked for."""
    return bool(bucket) and answers_http(f"{url}/{bucket}", "200")


def has_queue(url: str, queue: str) -> bool:
    """By the last part of the queue's URL, which is its name."""
    name = queue.rpartition("/")[2]
    return "QueueUrl" in ask(url, "sqs", "1.0", "AmazonSQS.GetQueueUrl", {"QueueName": name})


def has_topic(url: str, topic: str) -> bool:
    """SNS speaks forms, not JSON."""
    form = {"Action": "GetTopicAttributes", "Version": "2010-03-31", "TopicArn": topic}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Amz-Date": "20200101T000000Z",
        "Authorization": SIGNATURE.format("sns"),
    }
    status, _ = request(url, "POST", urlencode(form), headers)
    return bool(topic) and status == HTTPStatus.OK


def answers_http(url: str, wanted: str) -> bool:
    """Whether a GET is answered with the wanted status ("any" takes all)."""
    status, _ = request(url, "GET", None, {})
    return wanted in ("any", str(status))


QUESTIONS: dict[str, Callable[..., bool]] = {
    "dynamodb": answers_dynamodb,
    "table": has_table,
    "cognito": answers_cognito,
    "pool": has_pool,
    "bucket": has_bucket,
    "queue": has_queue,
    "topic": has_topic,
    "http": answers_http,
}


def main(question: str, *arguments: str) -> int:
    """Exit code 0 for yes; silence, refusal and nonsense are all no."""
    try:
        return int(not QUESTIONS[question](*arguments))
    except (OSError, ValueError, http.client.HTTPException):
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
