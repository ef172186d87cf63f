"""Every endpoint is as its document says: cases made from it, good and bad, are answered as it has it."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as from_seed
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from stanch_server.endpoints.openapi import document
from stanch_server.intake.models import Item
from tests.server.campaigns.conftest import PROBLEM, Ground

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

CASES = 2_000
DOCUMENT = "/api/v1/openapi.json"
BATCH = "/api/v1/items/batch"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
WRONG_KEYS = (
    None,
    "",
    "Bearer",
    "Bearer stanch_00000000_" + "A" * 43,
    "Basic c3RhbmNoOnN0YW5jaA==",
    "Bearer stanch_\u0660\u0661",
)
"""What is no key: none, a scheme alone, one of the right form that nobody has, another scheme, other digits."""


@dataclass
class Campaign:
    """Cases of one operation and one sort, from the document to the answer."""

    operation: Any
    mode: GenerationMode
    ground: Ground
    seen: Counter[int] = field(default_factory=Counter)
    count: int = 0

    def run(self, size: int, seed: int) -> None:
        """Try so many cases; what fails is made small and raised."""
        options = settings(
            max_examples=size,
            database=None,
            derandomize=False,  # the seed does that
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        strategy = self.operation.as_strategy(generation_mode=self.mode)
        from_seed(seed)(options(given(case=strategy)(self.try_case)))()

    def try_case(self, case: Case[Any]) -> None:
        """Send a case, every second good one where it leads to something, and compare what comes."""
        self.count += 1
        good = self.mode is GenerationMode.POSITIVE
        if good and self.count % 2:
            steer(case, self.ground.known)
        answer = case.call(headers=self.ground.program.headers)
        self.seen[answer.status_code] += 1
        checks = (*CHECKS, negative_data_rejection) if must_be_refused(case) else CHECKS
        case.validate_response(answer, checks=list(checks))


def must_be_refused(case: Case[Any]) -> bool:
    """Return whether a case has a body that the document does not allow.

    A batch answers for each of its elements, the wrong ones too. Headers and parameters that nobody asked for are
    passed over, as everywhere.
    """
    body = case.meta.components.get(ParameterLocation.BODY) if case.meta else None
    return body is not None and body.mode is GenerationMode.NEGATIVE and case.path != BATCH


def steer(case: Case[Any], known: Mapping[str, str]) -> None:
    """Lead a case to what is there, with a body that says what no schema can."""
    case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
    if isinstance(case.body, dict) and case.media_type == "application/json":
        case.body = simpler(case.path, case.body)


def simpler(path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a body of the same sort whose parts fit together."""
    if path == BATCH:
        return {"items": [simpler("", one) for one in body["items"]]}
    if path.endswith("/match"):
        return {"queries": [{"text": one.get("text") or "x"} for one in body["queries"]]}
    if path.endswith("/entries"):
        return {"text": body.get("text") or "المرفأ 港口", "note": body.get("note", "")}
    if path.endswith("/unlearn"):
        return {"reason": "ليست عبارة شائعة"}
    audience = "public" if body["audience"] == "private" else body["audience"]
    return {"audience": audience, "text": body.get("text") or "ބަނދަރު", "links": body.get("links", [])}


def test_every_answer_is_as_the_document_says(ground: Ground, campaign: Callable[[int], int], seed: int) -> None:
    said = schemathesis.openapi.from_wsgi(DOCUMENT, get_wsgi_application())
    operations = [found.ok() for found in said.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == sum(map(len, described().values()))
    size = -(-campaign(CASES) // (2 * len(operations)))
    seen: dict[str, Counter[int]] = {}
    tried = 0
    for operation in operations:
        for mode in GenerationMode:
            one = Campaign(operation=operation, mode=mode, ground=ground)
            one.run(size, seed)
            seen.setdefault(operation.label, Counter()).update(one.seen)
            tried += one.count
    assert tried >= campaign(CASES)
    # The campaign was no walk along locked doors.
    assert all(answers.keys() & {200, 202, 204} for answers in seen.values()), seen
    assert all(answers.keys() & {401, 404, 422} for answers in seen.values()), seen


def described() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(json.dumps(document()))["paths"]
    return found


def test_no_endpoint_answers_without_a_valid_key(ground: Ground) -> None:
    before = Item.objects.count()
    for path, operations in described().items():
        for method, said in operations.items():
            assert said["security"] == [{"key": []}], path
            for wrong in WRONG_KEYS:
                headers = {} if wrong is None else {"Authorization": wrong}
                answer = ground.program.browser.generic(
                    method.upper(),
                    path.format(**ground.known),
                    b'{"audience":"public","text":"x"}',
                    headers=headers,
                )
                assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM), (method, path, wrong)
                assert answer["WWW-Authenticate"] == "Bearer"
    assert Item.objects.count() == before


def test_other_methods_are_refused_and_the_answer_names_those_that_are_not(ground: Ground) -> None:
    for path, operations in described().items():
        taken = {method.upper() for method in operations}
        reading = {"HEAD"} if "GET" in taken else set()
        for method in set(METHODS) - taken - reading:
            answer = ground.program.send(method, path.removeprefix("/api/v1").format(**ground.known))
            assert (answer.status_code, answer["Content-Type"]) == (405, PROBLEM), (method, path)
            assert set(answer["Allow"].split(", ")) == taken
