"""Errors: every failure has a body a client understands, whatever caused it."""

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecma2py.errors import MAExportError
from ecma2py.scim import errors
from ecma2py.scim.errors import EXPORT_STATUS, MAX_DETAIL, ScimError, export_error

FAILURES = [code for code in MAExportError if code is not MAExportError.SUCCESS]


def test_the_body_is_that_of_rfc_7644() -> None:
    """Status is a string, scimType stands only where one fits (RFC 7644 section 3.12)."""
    assert errors.mutability("Attribute 'id' is readOnly").body() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
        "scimType": "mutability",
        "detail": "Attribute 'id' is readOnly",
        "status": "400",
    }
    assert "scimType" not in errors.not_found("Resource 2819c223 not found").body()


@pytest.mark.parametrize(
    ("make", "status", "scim_type"),
    [
        (errors.invalid_filter, 400, "invalidFilter"),
        (errors.uniqueness, 409, "uniqueness"),
        (errors.mutability, 400, "mutability"),
        (errors.invalid_syntax, 400, "invalidSyntax"),
        (errors.invalid_path, 400, "invalidPath"),
        (errors.no_target, 400, "noTarget"),
        (errors.invalid_value, 400, "invalidValue"),
        (errors.invalid_cursor, 400, "invalidCursor"),
        (errors.expired_cursor, 400, "expiredCursor"),
        (errors.invalid_count, 400, "invalidCount"),
        (errors.not_found, 404, None),
        (errors.precondition_failed, 412, None),
        (errors.too_large, 413, None),
    ],
)
def test_each_scim_type_has_its_status(make, status, scim_type) -> None:
    """Tables 8 and 9 of RFC 7644 and section 2.1 of RFC 9865 fix the status of each scimType."""
    error = make("why")
    assert (error.status, error.scim_type, error.detail) == (status, scim_type, "why")
    assert str(error) == "why"


def test_unavailable_says_when_to_come_back() -> None:
    """503 always carries the seconds for Retry-After."""
    error = errors.unavailable("importing", retry_after=5)
    assert (error.status, error.retry_after) == (503, 5)


@given(st.text(st.characters(), max_size=50) | st.just("\ud800" * 5000) | st.just("x" * 10_000))
def test_any_detail_can_be_sent(detail: str) -> None:
    """Lone surrogates and endless driver messages cannot make the answer itself fail."""
    body = ScimError(400, detail).body()
    assert json.loads(json.dumps(body, ensure_ascii=False).encode()) == body
    assert len(str(body["detail"])) <= MAX_DETAIL


def test_an_error_survives_pickling_and_copying() -> None:
    """A worker process hands its errors on whole."""
    error = ScimError(503, "later", "tooMany", retry_after=7)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert vars(twin) == vars(error)


def test_every_export_error_has_a_status() -> None:
    """The table is total over the 27 names of ECMA2."""
    assert set(EXPORT_STATUS) == set(MAExportError)
    assert len(EXPORT_STATUS) == 27


@pytest.mark.parametrize("code", FAILURES, ids=lambda code: code.ecma_name)
def test_a_refusal_keeps_its_name_and_detail(code: MAExportError) -> None:
    """The ECMA2 name comes first in the detail; member and name give the same error."""
    error = export_error(code, "FirstName cannot be NULL")
    assert error.detail == f"{code.ecma_name}: FirstName cannot be NULL"
    assert vars(export_error(code.ecma_name, "FirstName cannot be NULL")) == vars(error)
    assert error.status in {400, 403, 404, 409, 503}
    assert (error.status == 503) == (error.retry_after is not None)
    assert error.scim_type in {None, "invalidValue", "mutability", "uniqueness"}
    assert (error.scim_type == "uniqueness") <= (error.status == 409)


@pytest.mark.parametrize(
    ("name", "status", "scim_type"),
    [
        ("ExportErrorDuplicateAnchor", 409, "uniqueness"),
        ("ExportErrorConnectedDirectoryExistingObject", 409, "uniqueness"),
        ("ExportErrorAmbiguousUpdate", 409, None),
        ("ExportErrorConnectedDirectoryMissingObject", 404, None),
        ("ExportActionConvertUpdateToAdd", 404, None),
        ("ExportErrorChangeNamingAttribute", 400, "mutability"),
        ("ExportErrorPasswordPolicyViolation", 400, "invalidValue"),
        ("ExportActionProvisioningParent", 400, "invalidValue"),
        ("ExportErrorPermissionIssue", 403, None),
        ("ExportErrorConnectedDirectoryError", 503, None),
        ("ExportErrorKerberosTimeSkew", 503, None),
        ("ExportErrorCustomStopRun", 503, None),
        ("ExportErrorCustomContinueRun", 400, None),
    ],
)
def test_what_a_client_should_do_shows_in_the_status(name, status, scim_type) -> None:
    """Conditions of the whole target are waited out, those of one object fail that object."""
    error = export_error(name, "")
    assert (error.status, error.scim_type, error.detail) == (status, scim_type, name)


def test_the_connectors_own_error_name_is_shown() -> None:
    """ErrorName of a custom error stands beside the ECMA2 name."""
    error = export_error("ExportErrorCustomContinueRun", "no seat left", error_name="license")
    assert error.detail == "ExportErrorCustomContinueRun (license): no seat left"


@pytest.mark.parametrize(
    ("detail", "seconds"), [("", 30), ("slow down (retry after 7 seconds)", 7)]
)
def test_a_target_that_is_asked_too_often_is_429(detail: str, seconds: int) -> None:
    """Whatever the code: the name says it, and the detail when more is taken."""
    error = export_error("ExportErrorCustomStopRun", detail, error_name="ServerBusyException")
    assert (error.status, error.scim_type, error.retry_after) == (429, None, seconds)


@pytest.mark.parametrize("code", ["Success", MAExportError.SUCCESS, "ExportErrorNoSuch", ""])
def test_what_is_no_failure_cannot_be_reported_as_one(code) -> None:
    """A wrong name is the host's fault and is not blamed on the client."""
    with pytest.raises(ValueError, match="not an MAExportError"):
        export_error(code, "x")
