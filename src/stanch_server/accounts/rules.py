"""Who may open which page: each view carries a rule, which is enforced before the view is entered.

A rule states capability and source; the matrix test takes every rule from the URL configuration and tries it with
every kind of caller. A page without a rule opens for nobody (`middleware.RulesFirst`) and fails that test.

    @rule(capability="keys.manage", source_from="source_id")
    def keys(request: PersonRequest, source_id: UUID) -> HttpResponse: ...

    @key_rule(capability="items.submit")
    def submit(request: KeyRequest) -> HttpResponse: ...

    urlpatterns = [path("items", by_method(GET=listing, POST=submit))]
"""

import functools
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from stanch_server.accounts import access, clock, doors, problems
from stanch_server.accounts.capabilities import CAPABILITIES, KEY_CAPABILITIES
from stanch_server.accounts.models import Person
from stanch_server.accounts.operations import note_key_used
from stanch_server.accounts.principals import Caller, KeyPrincipal

View: TypeAlias = Callable[..., HttpResponse]
READING: Final = ("GET", "HEAD")


class Scope(Enum):
    """Where a capability is needed, if not for a source that the address leads to."""

    EVERYWHERE = "everywhere"  # for the installation as a whole
    ANYWHERE = "anywhere"  # for at least one source; the view shows what belongs to those


class Callers(Enum):
    """For whom a page is."""

    ALL = "all"
    PEOPLE = "people"
    KEYS = "keys"


# A source: the name of the argument that holds its id, or what finds it from the address's arguments.
SourceFrom: TypeAlias = Scope | str | Callable[..., UUID | None]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Who may open a page.

    Parameters
    ----------
    callers : people with a session, programs with a key, or everybody.
    capability : what they need; None where being signed in is enough.
    source_from : where they need it.
    methods : of HTTP; all others are answered with 405.
    fresh : whether a person must have shown within ten minutes who they are.
    step : the step of signing in that this page is; it opens to those who are at it.
    reason : why no capability is needed.
    """

    callers: Callers
    capability: str | None = None
    source_from: SourceFrom = Scope.ANYWHERE
    methods: frozenset[str] = frozenset({"GET"})
    fresh: bool = False
    step: str | None = None
    reason: str = ""

    def authorise(self, caller: Caller, arguments: Mapping[str, Any]) -> None:
        """Let a caller pass; raises as `access.require` does."""
        if self.capability is None:
            return
        if self.source_from is Scope.ANYWHERE:
            access.require_anywhere(caller, self.capability)
        else:
            access.require(caller, self.capability, self.source(arguments))

    def source(self, arguments: Mapping[str, Any]) -> UUID | None:
        """Return the source that an address leads to, None for the installation.

        Raises
        ------
        Http404
            If it leads to nothing.
        """
        if isinstance(self.source_from, Scope):
            return None
        if isinstance(self.source_from, str):
            return cast("UUID", arguments[self.source_from])
        source = self.source_from(**arguments)
        if source is None:
            raise Http404
        return source


class PersonRequest(HttpRequest):
    """A request by a person; `rule` has let it pass."""

    caller: Person


class KeyRequest(HttpRequest):
    """A request by a program; `key_rule` has let it pass."""

    caller: KeyPrincipal


class Ruled:
    """A view behind its rule."""

    def __init__(self, view: View, rule: Rule) -> None:
        self.rule = rule
        self.inside = view
        self.csrf_exempt = rule.callers is Callers.KEYS  # a key is sent on purpose, never by a browser on its own
        functools.update_wrapper(self, view)

    def __call__(self, request: HttpRequest, **arguments: Any) -> HttpResponse:  # noqa: ANN401 - the view's own
        """Open the view, or answer why not."""
        method = "GET" if request.method == "HEAD" else request.method
        if method not in self.rule.methods:
            return HttpResponseNotAllowed(sorted(self.rule.methods))
        if self.rule.callers is Callers.ALL:
            return self.inside(request, **arguments)
        if self.rule.callers is Callers.KEYS:
            return self._for_key(cast("KeyRequest", request), arguments)
        return self._for_person(cast("PersonRequest", request), arguments)

    def _for_person(self, request: PersonRequest, arguments: Mapping[str, Any]) -> HttpResponse:
        detour = doors.detour(request, step=self.rule.step, fresh=self.rule.fresh, now=clock.now())
        if detour is not None:
            return detour
        request.caller = doors.person(request)
        self.rule.authorise(request.caller, arguments)
        return self.inside(request, **arguments)

    def _for_key(self, request: KeyRequest, arguments: Mapping[str, Any]) -> HttpResponse:
        now = clock.now()
        principal = access.authenticate_key(request.headers.get("Authorization", ""), now=now)
        if principal is None:
            return problems.unauthenticated()
        note_key_used(principal, now=now)
        request.caller = principal
        try:
            self.rule.authorise(principal, arguments)
            return self.inside(request, **arguments)
        except PermissionDenied:
            needed = self.rule.capability or ""
            return problems.refused("" if needed in principal.capabilities else needed)
        except Http404:
            return problems.not_found()


def rule(
    *, capability: str, source_from: SourceFrom, methods: Collection[str] = ("GET",), fresh: bool = False
) -> Callable[[View], Ruled]:
    """Open a page to people who have a capability; the view finds the person in `request.caller`."""
    return _ruled(
        Rule(
            callers=Callers.PEOPLE,
            capability=_one_of(CAPABILITIES, capability),
            source_from=source_from,
            methods=frozenset(methods),
            fresh=fresh,
        )
    )


def key_rule(
    *, capability: str, source_from: SourceFrom = Scope.ANYWHERE, methods: Collection[str] = ("GET",)
) -> Callable[[View], Ruled]:
    """Open an endpoint to programs; the view finds the key, and its one source, in `request.caller`."""
    return _ruled(
        Rule(
            callers=Callers.KEYS,
            capability=_one_of(KEY_CAPABILITIES, capability),
            source_from=source_from,
            methods=frozenset(methods),
        )
    )


def own_account(
    *, reason: str, methods: Collection[str] = ("GET",), step: str | None = None, fresh: bool = False
) -> Callable[[View], Ruled]:
    """Open a page to everybody who is signed in, because it concerns nobody but themselves."""
    return _ruled(Rule(callers=Callers.PEOPLE, methods=frozenset(methods), step=step, fresh=fresh, reason=reason))


def open_to_all(*, reason: str, methods: Collection[str] = ("GET",)) -> Callable[[View], Ruled]:
    """Open a page to everybody, and say why."""
    return _ruled(Rule(callers=Callers.ALL, methods=frozenset(methods), reason=reason))


class ByMethod:
    """Views of one address, each behind its own rule, told apart by method."""

    def __init__(self, views: Mapping[str, Ruled]) -> None:
        self.views = dict(views)
        self.csrf_exempt = all(view.csrf_exempt for view in views.values())
        if len({view.rule.callers for view in views.values()}) != 1:
            raise ValueError(views)  # whoever forges a person's request must not pass as a program

    def __call__(self, request: HttpRequest, **arguments: Any) -> HttpResponse:  # noqa: ANN401 - the view's own
        """Open the view for the request's method."""
        method = "GET" if request.method == "HEAD" else request.method
        view = self.views.get(method or "")
        return view(request, **arguments) if view else HttpResponseNotAllowed(sorted(self.views))


def by_method(**views: Ruled) -> ByMethod:
    """Return one view of several: `by_method(GET=listing, POST=submit)`."""
    return ByMethod(views)


def rules_of(view: View) -> list[Ruled]:
    """Return the ruled views behind a view; none if nobody has given it a rule."""
    if isinstance(view, ByMethod):
        return list(view.views.values())
    return [view] if isinstance(view, Ruled) else []


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One address of the URL configuration, as the matrix test takes it.

    Parameters
    ----------
    route : with its arguments in angle brackets, as it was written.
    arguments : their names.
    view : what it leads to.
    """

    route: str
    arguments: tuple[str, ...]
    view: View


def endpoints() -> Iterator[Endpoint]:
    """Yield every address of the URL configuration.

    Raises
    ------
    TypeError
        If one was written as a regular expression: those cannot be filled in and tried.
    """
    yield from _walk(get_resolver().url_patterns, "/", ())


def _walk(patterns: list[Any], before: str, arguments: tuple[str, ...]) -> Iterator[Endpoint]:
    for one in patterns:
        if not isinstance(one.pattern, RoutePattern):
            raise TypeError(one)
        route, named = before + str(one.pattern), (*arguments, *one.pattern.converters)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route, named)
        elif isinstance(one, URLPattern):
            yield Endpoint(route=route, arguments=named, view=one.callback)


def _ruled(rule: Rule) -> Callable[[View], Ruled]:
    return lambda view: Ruled(view, rule)


def _one_of(known: Collection[str], capability: str) -> str:
    if capability not in known:
        raise LookupError(capability)
    return capability
