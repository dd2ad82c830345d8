"""What the operations of the programs' interface have in common: strict bodies, preconditions, refusals, assembly.

A room's `api.py` makes a Router of operations, each with `requires(Action.…)` like a view; `vault.project.api` puts
them together. Ninja parses and describes; who may is the gate's, as everywhere.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.urls import path as django_path
from django.utils.functional import Promise
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import HttpBearer
from pydantic import ConfigDict

from audit.errors import AuditUnavailable
from vault.authorization.actions import Action
from vault.authorization.decorators import ATTRIBUTE, SAFE_METHODS, Declaration, declaration_of
from vault.authorization.errors import Absent, Refused
from vault.authorization.explanations import explain, in_one
from vault.authorization.problems import MEDIA_TYPE, problem

JSON = "application/json"
BYTES = "application/octet-stream"
DEEPEST = 20
BODY_LIMIT = 64 * 1024
PAGE_SIZE = 50
LARGEST_PAGE = 200


# For an operation's description.
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string"},
    "description": "The ETag that you read.",
}
ONCE = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "description": "A key of your own for this request: sent again within 24 hours, it makes nothing more.",
}
TAGGED = {
    200: {"headers": {"ETag": {"schema": {"type": "string"}, "description": "The present entity tag."}}}
}


class Said(Schema):
    """What a program sends: nothing that is not asked for."""

    model_config = ConfigDict(extra="forbid")


class ProblemDocument(Schema):
    """RFC 9457, with the stable code and, where fields are wrong, which."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[dict[str, str]] | None = None


class InterfaceProblem(Exception):
    """An answer that is a problem document, raised where it is found."""

    def __init__(
        self,
        code: str,
        *,
        status: int | None = None,
        detail: str | Promise | None = None,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.code, self.status, self.detail = code, status, detail
        self.errors, self.headers = errors or [], headers


class Token(HttpBearer):
    """For the description: the middleware has looked at the token before."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return getattr(request, "bearer", None)


class StrictParser(Parser):
    """JSON as RFC 8259 has it: UTF-8, each key once, no NaN, no deeper than DEEPEST."""

    def parse_body(self, request: HttpRequest) -> Any:
        return parsed(request.body)


def parsed(body: bytes) -> Any:
    """Raises ValueError for whatever is not strict JSON."""
    text = body.decode("utf-8")
    depth = 0
    for sign in text:
        # Counted before it is read, brackets within strings too: nothing honest comes near.
        depth += (sign in "[{") - (sign in "]}")
        if depth > DEEPEST:
            raise ValueError("nested too deep")
    return json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_number)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


# Preconditions


def etag(representation: Mapping[str, Any]) -> str:
    """A strong entity tag of what is shown, which says nothing of it."""
    text = json.dumps(representation, sort_keys=True, default=str, ensure_ascii=False)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def require_match(request: HttpRequest, current: str) -> None:
    """Raise unless If-Match names the present representation; `*` would overwrite unseen work, so it does not."""
    given = request.headers.get("If-Match")
    if not given:
        raise InterfaceProblem("if-match-needed")
    if current not in [tag.strip() for tag in given.split(",")]:
        raise InterfaceProblem("version-changed")


def is_unchanged(request: HttpRequest, current: str) -> bool:
    """Whether If-None-Match names the present representation."""
    given = request.headers.get("If-None-Match", "")
    return current in [tag.strip().removeprefix("W/") for tag in given.split(",")]


def tagged(request: HttpRequest, response: HttpResponse, shown: Mapping[str, Any]) -> Any:
    """What an operation answers of one thing: with its entity tag, or 304 where it is read and has not changed."""
    current = etag(shown)
    if request.method in {"GET", "HEAD"} and is_unchanged(request, current):
        return HttpResponse(status=304, headers={"Cache-Control": "no-store", "ETag": current})
    response["ETag"] = current
    return shown


# Assembly


class Interface(NinjaAPI):
    """One version of the interface. Each address is one view that declares its actions (invariant 4)."""

    def _get_urls(self) -> list[Any]:
        found: list[URLPattern] = []
        for bound in self._get_bound_routers():
            prefix = bound.prefix.strip("/")
            for route, view in bound.path_operations.items():
                for operation in view.operations:
                    if "GET" in operation.methods:
                        operation.methods = ["GET", "HEAD"]
                whole = "/".join(part for part in (prefix, route.strip("/")) if part)
                address = whole.replace("{", "<").replace("}", ">")
                found.append(django_path(address, _view(view), name=view.operations[0].url_name))
        return found

    def get_openapi_schema(self, *args: Any, **more: Any) -> Any:
        """The description: HEAD goes with GET and is not written out; problems have their own type."""
        schema = super().get_openapi_schema(*args, **more)
        for operations in schema["paths"].values():
            operations.pop("head", None)
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    content = answer.get("content", {})
                    if int(status) >= 400 and JSON in content:
                        answer["content"] = {MEDIA_TYPE: content[JSON]}
        return schema


def _view(view: Any) -> Callable[..., HttpResponseBase]:
    ask = view.get_view()

    def operation(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refusal = _refuse_types(request)
        if refusal is not None:
            return refusal
        answer: HttpResponseBase = ask(request, *args, **kwargs)
        return answer

    operation.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie signs anybody in here
    setattr(operation, ATTRIBUTE, _declared(view))
    return operation


def _declared(view: Any) -> Declaration:
    """One declaration of all operations at an address."""
    found: dict[bool, Action] = {}
    changes: list[Declaration] = []
    for operation in view.operations:
        declaration = declaration_of(operation.view_func)
        assert declaration is not None, f"{operation.view_func.__name__} declares no action."
        is_safe = not SAFE_METHODS.isdisjoint(operation.methods)
        assert found.setdefault(is_safe, declaration.action) == declaration.action, (
            "one action for all changes"
        )
        if not is_safe:
            changes.append(declaration)
    action = found.get(True) or found[False]
    return Declaration(
        action,
        found.get(False) or action,
        max((one.body_limit for one in changes), default=BODY_LIMIT),
        bodiless=bool(changes) and all(one.bodiless for one in changes),
    )


def _refuse_types(request: HttpRequest) -> HttpResponse | None:
    accepted = request.headers.get("Accept", "*/*")
    if not any(request.accepts(one) for one in (JSON, BYTES)) and "problem+json" not in accepted:
        return problem("not-acceptable")
    if request.method in {"POST", "PATCH"} and request.META.get("CONTENT_LENGTH") not in {"", "0", None}:
        charset = (
            request.content_params.get("charset", "utf-8").lower() if request.content_params else "utf-8"
        )
        if request.content_type != JSON or charset not in {"utf-8", "utf8"}:
            return problem("media-type-refused")
    return None


def describe_problems(*codes: int) -> dict[int, Any]:
    """The problem answers that any operation may give, for its `response`."""
    return dict.fromkeys((400, 401, 403, 404, 405, 406, 429, 500, 503, *codes), ProblemDocument)


def handle_problems(interface: NinjaAPI) -> None:
    """Turn what operations raise into documents."""

    def answer(request: HttpRequest, error: Any) -> HttpResponse:
        match error:
            case InterfaceProblem():
                return problem(
                    error.code,
                    status=error.status,
                    detail=error.detail,
                    errors=error.errors,
                    headers=error.headers,
                )
            case Absent():
                return problem("absent")
            case Refused():
                return problem(error.code, detail=in_one(explain(error.decision)))
            case AuditUnavailable():
                return problem("unavailable", headers={"Retry-After": "30"})
            case ValidationError():
                return problem("fields-refused", errors=[_told(one) for one in error.errors])
            case _:
                return problem("body-not-json")

    for kind in (InterfaceProblem, Absent, Refused, AuditUnavailable, ValidationError, HttpError):
        interface.add_exception_handler(kind, answer)


def _told(error: Mapping[str, Any]) -> dict[str, str]:
    """Where and why; never what was sent."""
    where = [str(part) for part in error.get("loc", ()) if part not in {"body", "query", "path", "header"}]
    return {"field": ".".join(where[1:] if len(where) > 1 else where), "detail": str(error.get("msg", ""))}
