"""The published description of the door: it is what the door does, and the door stands it.

`make fuzz` tries more: HADIR_EXAMPLES says how many requests of each kind.
"""

import copy
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from served import Served
from signed import Signer
from starlette.routing import Route
from told import Pigeon

from ingest import answers, api, auth, bodies, enrolment, hooks, wire
from ingest.notify.base import ReceiptRefused

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "openapi.json"
DOCUMENT: dict[str, Any] = json.loads(PUBLISHED.read_text(encoding="utf-8"))
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


def operations(document: dict[str, Any]) -> list[Any]:
    return [found.ok() for found in schemathesis.openapi.from_dict(document).get_all_operations()]


def without_headers(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document as somebody reads it who signs: the headers are no matter of choice."""
    found = copy.deepcopy(document)
    for verbs in found["paths"].values():
        verbs.get("post", {}).pop("parameters", None)
    return found


HOOKS = [one for one in operations(DOCUMENT) if one.path == hooks.PATH]
POSTS = [one for one in operations(DOCUMENT) if one.method == "post" and one not in HOOKS]
SIGNED = [one for one in operations(without_headers(DOCUMENT)) if one.path != hooks.PATH]
EXAMPLES = int(os.environ.get("HADIR_EXAMPLES", "10"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
Make = Callable[..., Any]
GOLDEN = {
    "Batch": "batch",
    "Receipt": "receipt",
    "Heartbeat": "heartbeat",
    "HeartbeatReply": "heartbeat-reply",
    "Enrolment": "enrolment",
    "Enrolled": "enrolled",
    "Rotation": "rotation",
    "Rotated": "rotated",
}


@pytest.fixture
def database_kind() -> str:
    """Whichever: hardly anything that is made up comes as far as the store."""
    return "sqlite"


def form(name: str) -> dict[str, Any]:
    """Return a schema of the document, with those it refers to."""
    return {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}


class TestTheDocument:
    def test_it_is_an_openapi_document(self) -> None:
        SCHEMA.validate()

    def test_it_names_every_path_of_the_door_and_no_other(self, serve: Make, slots: Any) -> None:
        serve()
        routes = {
            (one.path, method.lower())
            for one in slots[0].app.routes
            if isinstance(one, Route)
            for method in (one.methods or set()) - {"HEAD"}
        }
        told = {(path, verb) for path, verbs in DOCUMENT["paths"].items() for verb in verbs}
        assert told == routes

    @pytest.mark.parametrize(("name", "golden"), GOLDEN.items(), ids=list(GOLDEN))
    def test_the_golden_bodies_fit_it(self, name: str, golden: str) -> None:
        body = json.loads((Path(__file__).parent / "golden" / f"v2-{golden}.json").read_text())
        jsonschema_rs.validate(form(name), body)
        body["version"] = 1
        assert not jsonschema_rs.is_valid(form(name), body)

    def test_it_tells_the_limits_of_the_wire(self) -> None:
        schemas = DOCUMENT["components"]["schemas"]
        for name, columns in (
            ("punches", wire.chain.PUNCH_COLUMNS), ("bad", wire.chain.BAD_COLUMNS),
        ):  # fmt: skip
            rows = schemas["Batch"]["properties"][name]
            assert rows["required"] == ["runs", *columns]
            assert {rows["properties"][one]["maxItems"] for one in columns} == {wire.MAX_ROWS}
            assert rows["properties"]["runs"]["maxItems"] == wire.MAX_STATEMENTS
            assert rows["properties"]["raw"]["items"]["maxLength"] == 2 * wire.MAX_RAW
            assert rows["properties"]["source"]["items"]["enum"] == list(wire.SOURCES)
        moment = schemas["Batch"]["properties"]["punches"]["properties"]["read_at"]["items"]
        assert (moment["minimum"], moment["maximum"]) == (-wire.MAX_MOMENT, wire.MAX_MOMENT)
        assert f"at most {wire.CLOCK_WINDOW_S} from" in PUBLISHED.read_text()

    def test_it_tells_every_code_and_every_status_of_a_refusal(self) -> None:
        """Looked for in the source, so that none that is added there is forgotten here."""
        source = "".join(
            Path(str(one.__file__)).read_text() for one in (answers, api, auth, bodies, enrolment)
        )
        codes = re.findall(r'RequestRefused\(\s*[0-9]{3},\s*"([a-z-]+)"', source)
        told = DOCUMENT["components"]["schemas"]["Refusal"]["properties"]["code"]["enum"]
        assert told == sorted(set(codes))
        statuses = set(re.findall(r"(?:Refused\(\s*|: )([45][0-9]{2})\b", source))
        assert set(DOCUMENT["paths"]["/v2/punches"]["post"]["responses"]) == {"200"} | statuses

    def test_the_headers_it_asks_for_are_those_that_are_read(self) -> None:
        names = [one["name"] for one in DOCUMENT["components"]["parameters"].values()]
        signed = Signer("a").sign("/", b"", time=0, nonce="0" * 32)
        assert names == list(signed.headers())


class Signing(requests.auth.AuthBase):
    """Signs what is sent, whatever it is, as late as the library allows."""

    def __init__(self, centre: Served, signer: Signer) -> None:
        self._centre = centre
        self._signer = signer

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        body = prepared.body or b""
        whole = body.encode() if isinstance(body, str) else body
        signed = self._signer.sign(
            str(prepared.path_url).partition("?")[0],
            whole,
            time=self._centre.time,
            nonce=secrets.token_hex(16),
            method=str(prepared.method),
        )
        prepared.headers.update(signed.headers())
        return prepared


def shows_its_own_key(case: Case) -> None:
    """Let an enrolment show the key that signs it, or it would never come to its code."""
    if case.path == "/v2/enrol" and isinstance(case.body, dict) and "public_key" in case.body:
        case.body["public_key"] = Signer("stranger").public_key.hex()


@pytest.fixture
def centre(serve: Make, monkeypatch: pytest.MonkeyPatch, at: datetime) -> Served:
    monkeypatch.setattr("ingest.kdf.MEMORY_KIB", 64)
    centre: Served = serve(max_body_bytes=1 << 20)
    return centre


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as found:
        found.trust_env = False
        yield found


@pytest.mark.parametrize(
    ("operation", "mode"),
    [
        pytest.param(one, mode, id=f"{mode.value} {one.label}")
        for one in SIGNED
        for mode in GenerationMode
        if one.method == "post" or mode.is_positive  # of a GET, nothing can be wrong
    ],
)
def test_the_door_answers_as_it_is_described(
    operation: Any, mode: GenerationMode, centre: Served, session: requests.Session
) -> None:
    """Signed as it should be, whether the body is good or bad."""
    signer = Signer("stranger") if operation.path == "/v2/enrol" else centre.signer
    met = meet(operation.as_strategy(mode), centre, session, auth=Signing(centre, signer))
    taken = {200, 403, 409} if mode.is_positive else set()
    assert met <= {400, 413, 429} | taken


@pytest.mark.parametrize("operation", POSTS, ids=[one.label for one in POSTS])
def test_the_door_lets_nobody_in_by_made_up_headers(
    operation: Any, centre: Served, session: requests.Session
) -> None:
    strategy = operation.as_strategy() | operation.as_strategy(GenerationMode.NEGATIVE)
    assert meet(strategy, centre, session) <= {400, 401}
    assert centre.count() == 0


@pytest.mark.parametrize("operation", HOOKS, ids=[one.label for one in HOOKS])
def test_no_gateway_is_believed_by_made_up_calls(
    operation: Any, serve: Make, session: requests.Session
) -> None:
    centre = serve(channels=[Doubting()])
    strategy = operation.as_strategy() | operation.as_strategy(GenerationMode.NEGATIVE)
    assert meet(strategy, centre, session) <= {400, 401, 403, 404, 413}


class Doubting(Pigeon):
    """A channel that believes nobody, and is called like whatever is asked for most."""

    def __init__(self) -> None:
        super().__init__("0")

    def receipts(self, *_: Any, **__: Any) -> Any:
        raise ReceiptRefused("not signed by the gateway")


def meet(
    strategy: st.SearchStrategy[Case], centre: Served, session: requests.Session, **how: Any
) -> set[int]:
    """Send what the strategy makes up, check each answer, and return the statuses that came."""
    statuses: set[int] = set()

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=strategy)
    def send(case: Case) -> None:
        shows_its_own_key(case)
        answer = case.call_and_validate(
            base_url=f"http://127.0.0.1:{centre.port}", session=session, checks=CHECKS, **how
        )
        statuses.add(answer.status_code)

    send()
    return statuses
