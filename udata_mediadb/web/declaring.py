"""`takes`: what a method of a resource takes, for its reader and for the OpenAPI document."""

from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Response, after_this_request

from .arguments import Argument
from .bodies import refuse_body
from .contract import Contract, enter
from .contract_documents import documentation
from .error_fields import error_fields
from .namespace import PUBLIC, ns
from .preconditions import make_conditional

ns.add_model(error_fields.name, error_fields)


def takes(
    *,
    path: Sequence[Argument] = (),
    query: Sequence[Argument] = (),
    body: Sequence[Argument] = (),
    headers: Sequence[Argument] = (),
    image: bool = False,
    files_max: int = 1,
    any_file: bool = False,
    etag: bool = False,
    errors: Sequence[int] = (),
) -> Callable[[Any], Any]:
    """Declare what a method takes, and which errors it answers beside those that all do.

    A method without `body` and `image` refuses bodies that are not empty. `etag`: its answer has
    one, and who has that answer already gets 304.
    """
    contract = Contract(
        tuple(path), tuple(query), tuple(body), tuple(headers), image, files_max, any_file
    )

    def declare(method: Any) -> Any:
        @wraps(method)
        def checked(*args: Any, **kwargs: Any) -> Any:
            enter(contract)
            if not contract.takes_body:
                refuse_body()
            if etag:
                after_this_request(_tagged)
            return method(*args, **kwargs)

        checked.contract = contract  # type: ignore[attr-defined]
        known = getattr(method, "__apidoc__", {})
        security = {} if "security" in known else {"security": PUBLIC}
        return ns.doc(**security, **documentation(contract, errors))(checked)

    return declare


def _tagged(response: Response) -> Response:
    if response.status_code == HTTPStatus.OK and not response.is_streamed:
        make_conditional(response)
    return response


def also_as(method: Any, identifier: str) -> Any:
    """The same method for another verb, under an operation id of its own in the documents."""

    @wraps(method)
    def same(*args: Any, **kwargs: Any) -> Any:
        return method(*args, **kwargs)

    same.__apidoc__ = {**method.__apidoc__, "id": identifier}  # type: ignore[attr-defined]
    return same
