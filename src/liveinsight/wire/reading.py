"""What a request says, checked: JSON in a body or in the parameter `q`, and parameters of an address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from liveinsight.errors import BodyTooLarge, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Model = TypeVar("Model", bound=BaseModel)

MAX_JSON_BYTES = 256 * 1024
JSON = "application/json"
QUESTION = "q"


class InvalidRequest(Exception):
    """A request is not as its model wants it. `errors` are as Pydantic lists them; places begin with query or body."""

    def __init__(self, errors: Iterable[Mapping[str, Any]]) -> None:
        super().__init__()
        self.errors = list(errors)


def checked(text: str | bytes, model: type[Model], whole: tuple[str, ...] = ("body",)) -> Model:
    """JSON as `model`. `whole` is the place of an error that is no field's: fields have the same names everywhere.

    Raises InvalidRequest.
    """
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        places = [("body", *path) if (path := _path(each["loc"])) else whole for each in errors]
        raise InvalidRequest([{**each, "loc": place} for each, place in zip(errors, places, strict=True)]) from None


def asked(parameters: Iterable[tuple[str, str]], model: type[Model]) -> Model:
    """The question that an address carries as JSON in `q`, and nothing beside it. Raises InvalidRequest."""
    found = []
    for name, value in parameters:
        if name != QUESTION:
            raise InvalidRequest([{"type": "extra_forbidden", "loc": ("query", name), "msg": ""}])
        found.append(value)
    if len(found) != 1:
        raise InvalidRequest([{"type": "missing", "loc": ("query", QUESTION), "msg": ""}])
    return checked(found[0], model, ("query", QUESTION))


def parameters(found: Iterable[tuple[str, str]], model: type[Model]) -> Model:
    """The parameters of an address as `model`; of one that comes twice the last counts. Raises InvalidRequest."""
    try:
        return model.model_validate(dict(found))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        raise InvalidRequest([{**each, "loc": ("query", *each["loc"])} for each in errors]) from None


def must_be_json(content_type: str) -> None:
    """What is to be saved has to say that it is JSON. Raises InvalidInput.

    A page of another origin can make a reader's browser send a form with the reader's cookie, when it is of the same
    site. It cannot make it say that this is JSON: the browser would ask us first, and we would not answer.
    """
    if content_type.partition(";")[0].strip().lower() != JSON:
        msg = f"Send it with the header Content-Type: {JSON}."
        raise InvalidInput(msg, code="json_required")


def too_large(limit: int) -> BodyTooLarge:
    """The error of a body with more than `limit` bytes."""
    return BodyTooLarge(f"The body is too large: this address takes up to {limit // 1024} KiB.")


def _path(loc: tuple[int | str, ...]) -> list[int | str]:
    """The place of an error as the sender knows it, without the tags of `questions.conditions`."""
    return [each for each in loc if not str(each).startswith("<")]
