"""The OpenAPI document, made from the endpoints themselves, so that it cannot say anything else."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from stanch import __version__
from stanch_server.accounts.problems import CONTENT_TYPE, Problem
from stanch_server.accounts.rules import Callers, Ruled, endpoints, rules_of
from stanch_server.endpoints.bodies import JSON
from stanch_server.endpoints.endpoint import Description, Endpoint

REFERENCE: Final = "#/components/schemas/{name}"
FORMATS: Final = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer"},
    "str": {"type": "string"},
}
SAID: Final = {
    200: "Done",
    202: "Taken in; the outcome comes later",
    204: "Done; there is nothing to say",
    401: "No valid API key",
    403: "The key may not do this",
    404: "There is no such thing here",
    405: "This method is not for this address",
    409: "It cannot be done as things are",
    413: "Too large",
    415: "This content type is not taken here",
    422: "What was sent is not as it must be; `place` says where",
    429: "Too much at once; come again after Retry-After",
    503: "Busy; come again after Retry-After",
}
ALWAYS: Final = (401, 403, 429, 503)


def document() -> dict[str, Any]:
    """Return the whole document, as JSON values."""
    described = list(_described())
    types = [Problem, *_types(view.description for _, _, _, view in described)]
    _, components = msgspec.json.schema_components(types, ref_template=REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for route, method, ruled, view in described:
        paths.setdefault(_path(route), {})[method.lower()] = _operation(route, method, ruled, view)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Stanch", "version": __version__, "license": {"name": "Apache-2.0"}},
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "stanch_…"}},
        },
    }


def _described() -> Iterator[tuple[str, str, Ruled, Endpoint]]:
    for one in endpoints():
        for ruled in rules_of(one.view):
            if isinstance(ruled.inside, Endpoint):
                for method in sorted(ruled.rule.methods):
                    yield one.route, method, ruled, ruled.inside


def _types(descriptions: Iterator[Description]) -> list[type]:
    found: dict[type, None] = {}
    for one in descriptions:
        found.update(dict.fromkeys(kind for kind in (one.takes, *one.gives.values()) if kind is not None))
    return list(found)


def _path(route: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


def _operation(route: str, method: str, ruled: Ruled, view: Endpoint) -> dict[str, Any]:
    said = view.description
    operation: dict[str, Any] = {
        "operationId": view.__name__ if method != "HEAD" else f"{view.__name__}_head",  # type: ignore[attr-defined]
        "summary": said.summary,
        "parameters": [*_in_path(route), *(_parameter(one) for one in said.parameters)],
        "responses": _responses(route, ruled, said),
    }
    if ruled.rule.callers is Callers.KEYS:
        operation["security"] = [{"key": []}]
        operation["description"] = f"Needs a key with the capability `{ruled.rule.capability}`."
    if said.takes is not None:
        operation["requestBody"] = {"required": True, "content": _content(said)}
    return operation


def _in_path(route: str) -> Iterator[Mapping[str, Any]]:
    for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", route):
        yield {"name": name, "in": "path", "required": True, "schema": FORMATS[kind or "str"]}


def _parameter(one: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a Parameter
    return {
        "name": one.name,
        "in": one.place,
        "description": one.description,
        "required": False,
        "schema": dict(one.schema),
    }


def _content(said: Description) -> Mapping[str, Any]:
    schema = _reference(said.takes)
    content: dict[str, Any] = {JSON: {"schema": schema}}
    if said.form:
        post = {"type": "string", "contentMediaType": JSON, "contentSchema": schema}
        content["multipart/form-data"] = {
            "schema": {"type": "object", "properties": {"post": post}, "required": ["post"]}
        }
    return content


def _responses(route: str, ruled: Ruled, said: Description) -> Mapping[str, Any]:
    given = {str(status): _given(status, kind) for status, kind in said.gives.items()}
    refused: set[int] = set(said.refuses)
    if ruled.rule.callers is Callers.KEYS:
        refused.update(ALWAYS)
    if "<" in route:
        refused.add(404)
    if said.takes is not None:
        refused.update({413, 415, 422})
    if said.parameters:
        refused.add(422)
    for status in sorted(refused):
        given[str(status)] = {
            "description": SAID[status],
            "content": {CONTENT_TYPE: {"schema": {"$ref": REFERENCE.format(name=Problem.__name__)}}},
        }
    return given


def _given(status: int, kind: type | None) -> Mapping[str, Any]:
    said: dict[str, Any] = {"description": SAID[status]}
    if kind is not None:
        said["content"] = {JSON: {"schema": _reference(kind)}}
    return said


def _reference(kind: type | None) -> Mapping[str, Any]:
    (schema,), _ = msgspec.json.schema_components([kind], ref_template=REFERENCE)
    return schema
