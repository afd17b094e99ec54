"""Kernel errors on the wire and back."""

import logging
from collections.abc import Iterator

import pytest
from pydantic import BaseModel, Field, ValidationError

from shared.edge.errors import (
    TABLE,
    InputRequired,
    error_body,
    error_from_body,
    error_of_status,
    internal_error,
    invalid_from,
    wire_of,
)
from shared.kernel.errors import Conflict, HiremeshError, InvalidInput, NotFound, RateLimited, Unavailable


def all_errors(kind: type[HiremeshError] = HiremeshError) -> Iterator[type[HiremeshError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from all_errors(child)


class Person(BaseModel):
    name: str
    years: list[int] = Field(default_factory=list)


KERNEL_ERRORS = [kind for kind in all_errors() if kind.__module__ == HiremeshError.__module__]


@pytest.mark.parametrize("kind", KERNEL_ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_of_the_kernel_has_a_row_in_the_table(kind: type[HiremeshError]) -> None:
    assert kind in TABLE


def test_a_more_special_error_goes_by_the_row_of_its_nearest_ancestor() -> None:
    class Narrower(Conflict):
        """Something that an engine raises."""

    assert wire_of(Narrower("held by somebody else")) == TABLE[Conflict]


def test_no_two_errors_share_a_code_or_a_json_rpc_code() -> None:
    assert len({kind.code for kind in TABLE}) == len(TABLE)
    assert len({row.jsonrpc for row in TABLE.values()}) == len(TABLE)


@pytest.mark.parametrize("kind", [kind for kind in TABLE if kind is not InputRequired], ids=lambda k: k.code)
def test_an_error_comes_back_from_the_wire_as_it_went(kind: type[HiremeshError]) -> None:
    sent = kind("it went wrong", field="years", fix="Try less.", retry_after=2.5)
    received = error_from_body(error_body(sent))
    assert type(received) is kind
    assert (received.message, received.field, received.fix, received.retry_after) == (
        "it went wrong",
        "years",
        "Try less.",
        2.5,
    )


def test_an_unknown_code_becomes_the_root_error() -> None:
    assert type(error_from_body({"code": "odd", "message": "x"})) is HiremeshError


def test_a_schema_violation_names_the_field_but_not_the_value() -> None:
    with pytest.raises(ValidationError) as caught:
        Person.model_validate({"name": "Ada", "years": [1, "Ada's secret"]})
    error = invalid_from(caught.value)
    assert error.field == "years.1"
    assert "secret" not in str(error)


def test_an_unexpected_exception_is_logged_under_the_id_that_the_caller_gets(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        error = internal_error(RuntimeError("Ada Lovelace, ada@example.org"), "unit.skill")
    incident = error.message.partition("(")[2].rstrip(")")
    assert incident in caplog.text
    assert "RuntimeError" in caplog.text
    assert "Lovelace" not in caplog.text + str(error)


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (401, b'{"error": {"code": "unauthenticated", "message": "expired"}}', "unauthenticated"),
        (404, b"<html>", NotFound.code),
        (409, b"{}", Conflict.code),
        (429, b"slow down", RateLimited.code),
        (502, b"bad gateway", "model_output_invalid"),
        (599, b"", Unavailable.code),
        (400, b"", InvalidInput.code),
    ],
)
def test_an_http_refusal_becomes_a_kernel_error(status: int, content: bytes, expected: str) -> None:
    error = error_of_status(status, content)
    assert error is not None
    assert error.code == expected


def test_a_json_rpc_error_is_left_to_its_protocol() -> None:
    assert error_of_status(400, b'{"jsonrpc": "2.0", "error": {"code": -32602, "message": "x"}}') is None
