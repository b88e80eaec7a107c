"""What drf-spectacular, where a site uses it, is told about our views: the same models that read and answer."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, get_args

from rest_framework.settings import api_settings

if TYPE_CHECKING:
    from liveinsight.django.answering import Operation


def view_schema() -> Any:
    """The inspector for our views; None, which leaves them out, where the site describes its API by another."""
    if find_spec("drf_spectacular") is None:
        return None
    from drf_spectacular.openapi import AutoSchema

    used: Any = api_settings.DEFAULT_SCHEMA_CLASS
    return _spectacular() if issubclass(used, AutoSchema) else None


def _spectacular() -> Any:
    from drf_spectacular.openapi import AutoSchema
    from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

    from liveinsight.django.document import parameters_of
    from liveinsight.wire.reading import QUESTION
    from liveinsight.wire.shapes import Failure

    class PydanticSchema(AutoSchema):
        """Reads `@takes` of a view's method."""

        def get_override_parameters(self) -> list[Any]:
            operation = self._ours()
            if operation is None:
                return []
            if operation.where == "parameters":
                return [
                    OpenApiParameter(each["name"], each["schema"], required=each["required"])
                    for each in parameters_of(operation.takes)
                ]
            if operation.where == "question" and self.method == "GET":
                return [OpenApiParameter(QUESTION, str, required=True, description="The body of POST, as JSON.")]
            return []

        def get_request_serializer(self) -> Any:
            operation = self._ours()
            takes_body = operation is not None and operation.where != "parameters" and self.method != "GET"
            return operation.takes if operation is not None and takes_body else None

        def get_response_serializers(self) -> Any:
            operation = self._ours()
            failed = {status: OpenApiResponse(Failure, "What is wrong.") for status in (400, 401, 403, 404, 503)}
            if operation is None:
                return {(200, "text/event-stream"): str, **failed}
            return {200: OpenApiResponse(_shape(operation.gives), "The answer."), **failed}

        def map_renderers(self, attribute: str) -> list[str]:
            return ["application/json"]

        def map_parsers(self) -> list[Any]:
            return ["application/json"]

        def get_tags(self) -> list[str]:
            return ["liveinsight"]

        def _ours(self) -> Operation | None:
            name = getattr(self.view, "action", None) or self.method.lower()
            return getattr(getattr(self.view, name, None), "liveinsight", None)

    _describe_logins()
    return PydanticSchema()


def _describe_logins() -> None:
    from drf_spectacular.extensions import OpenApiAuthenticationExtension

    from liveinsight.django.security import schemes

    for target, scheme in schemes().items():
        definition = {"get_security_definition": lambda _self, _schema, scheme=scheme: scheme}
        names = {"target_class": target, "name": f"liveInsight{target.rpartition('.')[2]}", **definition}
        type(f"{target.rpartition('.')[2]}Extension", (OpenApiAuthenticationExtension,), names)


def _shape(gives: Any) -> Any:
    """A list of models is told as one of a root model, which drf-spectacular can name."""
    from pydantic import RootModel

    if not get_args(gives):
        return gives
    return type(f"{get_args(gives)[0].__name__}List", (RootModel[gives],), {})
