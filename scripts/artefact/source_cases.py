"""Events that are no requests: what the worker does with messages, the relay with records.

CASES is the table: the function by its name in the template, a fact, and how it is tried.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scripts.artefact.emulator import Function, FunctionFailed
from scripts.artefact.entrances import HTTP_API, Event, Request, Response, recorded
from scripts.artefact.http_cases import BEARER, JSON
from scripts.artefact.neighbours import Neighbours
from scripts.artefact.proof import NotSo, Proof, holds

API, WORKER, RELAY = "ApiFunction", "WorkerFunction", "RelayFunction"
OUTBOX = "OUTBOX#"
MESSAGES, RECORDS = "sqs", "dynamodb-stream"


@dataclass(frozen=True)
class World:
    """Functions that run, by their names, and what stands beside them."""

    functions: Mapping[str, Function]
    neighbours: Neighbours

    def ask(self, method: str, path: str, **rest: Any) -> Response:
        """The API, as an administrator."""
        headers = {**JSON, **BEARER, **rest.pop("headers", {})}
        event = HTTP_API.event(Request(method, path, headers=headers, **rest))
        return HTTP_API.response(self.functions[API].invoke(event))

    def failures(self, name: str, event: Event) -> list[str]:
        """Identifiers that a function wants to be brought again."""
        answer = self.functions[name].invoke(event)
        holds("the keys of the answer", set(answer), {"batchItemFailures"})
        return [str(each["itemIdentifier"]) for each in answer["batchItemFailures"]]


def refuses_messages(world: World) -> None:
    _raises(world, MESSAGES)


def refuses_records(world: World) -> None:
    _raises(world, RECORDS)


def no_messages(world: World) -> None:
    holds("the failures", world.failures(WORKER, _emptied(MESSAGES)), [])


def no_job(world: World) -> None:
    event = recorded(MESSAGES)
    event["Records"][0]["body"] = "no JSON at all"
    holds("the failures", world.failures(WORKER, event), [event["Records"][0]["messageId"]])


def an_export(world: World) -> None:
    """Asked of the API, worked on by the worker, seen by the API again."""
    begun = world.ask("POST", "/v1/jobs/exports")
    holds("the status", begun.status, 202)
    (body,) = world.neighbours.sent_jobs()
    holds("the message", json.loads(body), {"jobId": begun.json()["data"]["jobId"]})
    event = recorded(MESSAGES)
    event["Records"][0]["body"] = body
    holds("the failures", world.failures(WORKER, event), [])
    job = world.ask("GET", begun.headers["location"]).json()["data"]
    holds("the job", (job["status"], job["hasResult"]), ("succeeded", True))
    holds("the failures of a second delivery", world.failures(WORKER, event), [])


def no_records(world: World) -> None:
    holds("the failures", world.failures(RELAY, _emptied(RECORDS)), [])


def nothing_of_the_outbox(world: World) -> None:
    holds("the failures", world.failures(RELAY, recorded(RECORDS)), [])
    holds("what was heard", world.neighbours.heard_events(), [])


def a_published_post(world: World) -> None:
    """Published by the API, which writes to the outbox; relayed; heard by a subscriber."""
    post = {"title": "Relayed", "categoryId": "news", "body": "Text."}
    made = world.ask("POST", "/v1/posts", body=json.dumps(post).encode())
    holds("the status", made.status, 201)
    path = f"/v1/posts/{made.json()['data']['postId']}"
    submitted = world.ask("POST", f"{path}/submit", headers={"If-Match": made.headers["etag"]})
    holds("the status of submitting", submitted.status, 200)
    before = {item["PK"]["S"] for item in world.neighbours.items(OUTBOX)}
    reviewed = {"If-Match": submitted.headers["etag"]}
    holds("publishing", world.ask("POST", f"{path}/publish", headers=reviewed).status, 200)
    fresh = [it for it in world.neighbours.items(OUTBOX) if it["PK"]["S"] not in before]
    holds("new items in the outbox", len(fresh), 1)
    holds("the failures", world.failures(RELAY, _inserted(fresh[0])), [])
    holds("what was heard", world.neighbours.heard_events(), [fresh[0]["body"]["S"]])


def no_event(world: World) -> None:
    event = _inserted({"PK": {"S": f"{OUTBOX}none"}, "SK": {"S": "OUTBOX"}})
    number = event["Records"][0]["dynamodb"]["SequenceNumber"]
    holds("the failures", world.failures(RELAY, event), [number])


CASES: tuple[tuple[str, str, Callable[[World], None]], ...] = (
    (API, "messages of a queue raise, and stay with their source", refuses_messages),
    (API, "records of a stream raise, and stay with their source", refuses_records),
    (WORKER, "no messages, no failures", no_messages),
    (WORKER, "a message that is no job is a failure, and nothing else", no_job),
    (WORKER, "an export begun at the API is done, and done once", an_export),
    (RELAY, "no records, no failures", no_records),
    (RELAY, "what is not in the outbox is passed over", nothing_of_the_outbox),
    (RELAY, "a post published at the API is heard at the topic", a_published_post),
    (RELAY, "a record that is no event is a failure, and nothing else", no_event),
)


def prove_sources(proof: Proof, name: str, world: World) -> None:
    """The cases of one function; that there are none is a failure, too."""
    cases = [(fact, case) for function, fact, case in CASES if function == name]
    if not cases:
        with proof.of(f"{name}: something of it is tried"):
            raise NotSo("no case in scripts/artefact/source_cases.py is about it")
    for fact, case in cases:
        with proof.of(f"{name}: {fact}"):
            case(world)


def _raises(world: World, name: str) -> None:
    try:
        answer = world.functions[API].invoke(recorded(name))
    except FunctionFailed:
        return
    raise NotSo(f"it was answered: {answer!r}")


def _emptied(name: str) -> Event:
    return {**recorded(name), "Records": []}


def _inserted(image: dict[str, Any]) -> Event:
    """The recorded record, of another item."""
    event = recorded(RECORDS)
    keys = {name: image[name] for name in ("PK", "SK")}
    event["Records"][0]["dynamodb"] |= {"Keys": keys, "NewImage": image}
    return event
