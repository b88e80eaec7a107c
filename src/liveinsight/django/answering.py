"""What the views of readers share: who may ask, what was asked, and how it is answered.

A view is a method with `@takes(QUESTION, gives=SHAPE)`: it gets the checked question and gives the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse, UnreadablePostError
from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from liveinsight.django import conf
from liveinsight.django.authentication import AdminToken, CrossSite, Login, Owner, Reader
from liveinsight.django.requests import on_its_own, read_body
from liveinsight.django.schema import view_schema
from liveinsight.errors import NotFound, Unauthorized
from liveinsight.wire.answering import (
    COMPRESS_FROM,
    NO_STORE,
    REVALIDATED,
    as_json,
    compressed,
    envelope,
    etag_of,
    is_known,
)
from liveinsight.wire.files import accepted_encodings
from liveinsight.wire.parameters import NoQuestion
from liveinsight.wire.problems import Problem, problem_of, problem_of_status
from liveinsight.wire.reading import MAX_JSON_BYTES, asked, checked, must_be_json, parameters
from liveinsight.wire.shapes import Success

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from pydantic import BaseModel
    from rest_framework.request import Request

Model = TypeVar("Model", bound="BaseModel")

_METHODS = ("delete", "get", "head", "post", "put")


@dataclass(frozen=True)
class Operation:
    """What a method of a view takes and gives."""

    takes: type[BaseModel]
    gives: Any
    where: str  # parameters, body (to be saved), or question: a body, or the parameter q
    cached: bool
    ids: tuple[tuple[str, int], ...]  # the parts of its address, and how long each may be

    @property
    def in_envelope(self) -> bool:
        return isinstance(self.gives, type) and issubclass(self.gives, Success)


def takes(
    model: type[BaseModel] = NoQuestion,
    *,
    gives: Any,
    where: str = "parameters",
    cached: bool = False,
    any_site: bool = False,
    **ids: int,
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """A view's method that gets `model`, checked, and gives data of the shape `gives`; in its envelope if that is one.

    `cached`: with an ETag. `any_site`: without a site, of all; else of the one that the settings name. `ids`: by name,
    how long a part of the address may be.
    """
    operation = Operation(model, gives, where, cached, tuple(ids.items()))

    def decorate(method: Callable[..., Any]) -> Callable[..., Response]:
        @wraps(method)
        def answered(view: ReaderView, request: Request, **kwargs: str) -> Response:
            kwargs = {name: value for name, value in kwargs.items() if value}
            for name, longest in ids.items():
                if len(kwargs[name]) > longest:
                    raise NotFound
            question = _read(request, operation)
            data = method(view, question if any_site else of_this_site(question), **kwargs)
            response = Response(envelope(data) if operation.in_envelope else data, headers=NO_STORE)
            response.liveinsight_cached = cached and request.method == "GET"  # type: ignore[attr-defined]
            return response

        answered.liveinsight = operation  # type: ignore[attr-defined]
        return answered

    return decorate


def read_question(request: Request, model: type[Model]) -> Model:
    """The question in the parameters of the address. Raises InvalidRequest."""
    return parameters(_pairs(request), model)


def of_this_site(question: Model) -> Model:
    """A question that says no site is about the one that LIVEINSIGHT["SITE"] names."""
    if "site_id" not in type(question).model_fields or getattr(question, "site_id", None):
        return question
    return question.model_copy(update={"site_id": conf.current().site or None})


def _read(request: Request, operation: Operation) -> BaseModel:
    if operation.where == "parameters":
        return read_question(request, operation.takes)
    if operation.where == "body":
        must_be_json(request.META.get("CONTENT_TYPE", ""))
    elif request.method == "GET":
        return asked(_pairs(request), operation.takes)
    return checked(read_body(request._request, MAX_JSON_BYTES), operation.takes)


def _pairs(request: Request) -> list[tuple[str, str]]:
    """The parameters, without the one that REST framework chooses a renderer by."""
    chooses = api_settings.URL_FORMAT_OVERRIDE
    return [(name, value) for name, values in request.query_params.lists() for value in values if name != chooses]


class Json(BaseRenderer):
    """JSON as every front end of LiveInsight writes it."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return b"" if data is None else as_json(data)


class Negotiation(DefaultContentNegotiation):
    """Whatever a client says that it accepts, it is answered: in JSON, if in nothing else."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except (exceptions.NotAcceptable, Http404):
            return renderers[0], renderers[0].media_type


class OurView(APIView):
    """A view of ours: LiveInsight's JSON, errors and limits, whatever the site has set for its own API."""

    authentication_classes = [AdminToken, Login]
    permission_classes = [Reader]
    throttle_classes = []
    parser_classes = [JSONParser]  # for the browsable API; bodies are read by `takes`
    renderer_classes = [Json]
    content_negotiation_class = Negotiation
    versioning_class = None
    metadata_class = None
    http_method_names = list(_METHODS)
    schema = view_schema()

    @classmethod
    def as_view(cls, *args: Any, **kwargs: Any) -> Any:
        return on_its_own(super().as_view(*args, **kwargs))

    @property
    def allowed_methods(self) -> list[str]:
        return [method.upper() for method in _METHODS if method != "head" and hasattr(self, method)]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if isinstance(response, Response):
            return _finished(request, response)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        problem = self.problem(exc)
        response = Response(problem.envelope(), problem.status, headers={**NO_STORE, **problem.headers})
        response.exception = True
        response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the address, which has ids
        return response

    def problem(self, error: Exception) -> Problem:
        """What to answer to an error, of ours or of the frameworks."""
        if isinstance(error, (exceptions.NotAuthenticated, exceptions.AuthenticationFailed)):
            return problem_of(Unauthorized(_LOG_IN))
        if isinstance(error, CrossSite):
            return problem_of_status(403)._replace(message=str(error.detail))
        if isinstance(error, exceptions.MethodNotAllowed):
            return problem_of_status(405, {"Allow": ", ".join(self.allowed_methods)})
        if isinstance(error, exceptions.APIException):
            return problem_of_status(error.status_code)
        status = next((status for kind, status in _OF_DJANGO.items() if isinstance(error, kind)), None)
        return problem_of_status(status) if status else problem_of(error)


_OF_DJANGO: dict[type[Exception], int] = {
    PermissionDenied: 403,
    Http404: 404,
    BadRequest: 400,
    SuspiciousOperation: 400,
    UnreadablePostError: 400,  # the client is gone
}
_LOG_IN = "Log in to this site first, as somebody who may see the numbers; a program sends the admin token as bearer."


class ReaderView(OurView):
    """A view that shows numbers; browsers see the browsable API, where REST framework's templates are installed."""

    def get_renderers(self) -> list[Any]:
        renderers: list[Any] = [Json()]
        if apps.is_installed("rest_framework"):
            renderers.append(BrowsableAPIRenderer())
        return renderers


class ReaderViewSet(ViewSetMixin, ReaderView):
    """As ReaderView, with routers and actions."""

    @classmethod
    def as_view(cls, *args: Any, **kwargs: Any) -> Any:  # the mixin's own does not ask the classes behind it
        return on_its_own(super().as_view(*args, **kwargs))


class OwnerViewSet(ReaderViewSet):
    """As ReaderViewSet, for what owners save: readers only look at it."""

    permission_classes = [Reader, Owner]


def _finished(request: HttpRequest, response: Response) -> HttpResponseBase:
    """The rendered answer: with its ETag, 304 when the client has it, compressed for who can read that."""
    response.render()
    if response.accepted_media_type != Json.media_type:
        return response
    if getattr(response, "liveinsight_cached", False) and not response.exception:
        etag = etag_of(response.content)
        headers = {**REVALIDATED, "ETag": etag}
        if is_known(etag, request.headers.get("If-None-Match", "")):
            return HttpResponse(status=304, headers=headers)
        for name, value in headers.items():
            response.headers[name] = value
    if len(response.content) >= COMPRESS_FROM:
        response.headers["Vary"] = "Accept-Encoding"
        if "gzip" in accepted_encodings(request.headers.get("Accept-Encoding", "")):
            response.content = compressed(response.content)
            response.headers["Content-Encoding"] = "gzip"
    return response
