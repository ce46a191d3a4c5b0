"""What a SCIM client is told when a request fails, RFC 7644 section 3.12.

Every failure the protocol knows is a :class:`ScimError`; the functions below make one for each
``scimType`` of table 9, and :func:`export_error` one for each refusal of a connector.
"""

from attrs import frozen

from ecma2py.errors import MAExportError, ServerBusyError

ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"
MAX_DETAIL = 2048
"""Characters of ``detail`` sent at most: a driver's message may hold a whole statement."""


class ScimError(Exception):
    """A request is refused with this HTTP status and RFC 7644 error body.

    ``detail`` is shortened to ``MAX_DETAIL`` characters and lone surrogates in it are written as
    escapes, so that the body can always be sent as UTF-8.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        scim_type: str | None = None,
        *,
        retry_after: int | None = None,
        allow: tuple[str, ...] = (),
    ) -> None:
        detail = detail.encode("utf-8", "backslashreplace").decode("utf-8")
        if len(detail) > MAX_DETAIL:
            detail = f"{detail[: MAX_DETAIL - 3]}..."
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.scim_type = scim_type
        self.retry_after = retry_after
        """Seconds for the ``Retry-After`` header, or None."""
        self.allow = allow
        """Of a 405: the methods for the ``Allow`` header."""

    def __reduce__(self) -> tuple[object, ...]:
        """Copying and pickling keep every field; ``Exception`` alone would lose them."""
        return (_rebuild, (self.status, self.detail, self.scim_type, self.retry_after, self.allow))

    def body(self) -> dict[str, object]:
        """The error resource; ``status`` is a string, ``scimType`` is absent where none fits."""
        body: dict[str, object] = {"schemas": [ERROR_SCHEMA], "status": str(self.status)}
        if self.scim_type is not None:
            body["scimType"] = self.scim_type
        body["detail"] = self.detail
        return body


def _rebuild(
    status: int,
    detail: str,
    scim_type: str | None,
    retry_after: int | None,
    allow: tuple[str, ...],
) -> ScimError:
    return ScimError(status, detail, scim_type, retry_after=retry_after, allow=allow)


def invalid_filter(detail: str) -> ScimError:
    """The filter is malformed, or compares an attribute in a way its type forbids."""
    return ScimError(400, detail, "invalidFilter")


def invalid_path(detail: str) -> ScimError:
    """The PATCH path is malformed or addresses nothing the schema knows."""
    return ScimError(400, detail, "invalidPath")


def invalid_syntax(detail: str) -> ScimError:
    """The body is not JSON of the shape the operation needs."""
    return ScimError(400, detail, "invalidSyntax")


def invalid_value(detail: str) -> ScimError:
    """A required value is missing, or a value does not fit its attribute."""
    return ScimError(400, detail, "invalidValue")


def no_target(detail: str) -> ScimError:
    """The PATCH path selects no value that could be changed."""
    return ScimError(400, detail, "noTarget")


def mutability(detail: str) -> ScimError:
    """The change would alter a read-only or immutable attribute."""
    return ScimError(400, detail, "mutability")


def invalid_cursor(detail: str) -> ScimError:
    """The cursor was not issued here, RFC 9865 section 2.1."""
    return ScimError(400, detail, "invalidCursor")


def expired_cursor(detail: str) -> ScimError:
    """The cursor was issued here and is too old, RFC 9865 section 2.1."""
    return ScimError(400, detail, "expiredCursor")


def invalid_count(detail: str) -> ScimError:
    """``count`` differs from the one the cursor was issued for, RFC 9865 section 2.1."""
    return ScimError(400, detail, "invalidCount")


def not_found(detail: str) -> ScimError:
    """The addressed resource or endpoint does not exist."""
    return ScimError(404, detail)


def method_not_allowed(*methods: str) -> ScimError:
    """The endpoint takes these methods alone, RFC 9110 section 15.5.6."""
    return ScimError(405, f"This endpoint takes {', '.join(methods)}.", allow=methods)


def uniqueness(detail: str) -> ScimError:
    """A value is in use by another resource."""
    return ScimError(409, detail, "uniqueness")


def precondition_failed(detail: str) -> ScimError:
    """The resource is not the version ``If-Match`` asks for."""
    return ScimError(412, detail)


def too_large(detail: str) -> ScimError:
    """The request body passes a limit."""
    return ScimError(413, detail)


def unavailable(detail: str, *, retry_after: int) -> ScimError:
    """The request is sound and may succeed after ``retry_after`` seconds."""
    return ScimError(503, detail, retry_after=retry_after)


def too_many_requests(detail: str, *, retry_after: int) -> ScimError:
    """The target is asked too often; the request may succeed after ``retry_after`` seconds."""
    return ScimError(429, detail, retry_after=retry_after)


@frozen
class ExportStatus:
    """How one connector outcome is shown to a SCIM client."""

    status: int
    scim_type: str | None = None
    retry_after: int | None = None
    """Seconds after which the same request may succeed unchanged; None says it will not."""


_BAD_VALUE = ExportStatus(400, "invalidValue")
_IN_USE = ExportStatus(409, "uniqueness")
_MISSING = ExportStatus(404)
_TARGET_DOWN = ExportStatus(503, retry_after=30)
_TARGET_NEEDS_OPERATOR = ExportStatus(503, retry_after=300)

EXPORT_STATUS: dict[MAExportError, ExportStatus] = {
    MAExportError.SUCCESS: ExportStatus(200),
    # An unfinished special action: all passes of the export are over and it was not resolved.
    # The object is not in the target: 404 lets the client match again and create it.
    MAExportError.EXPORT_ACTION_CONVERT_UPDATE_TO_ADD: _MISSING,
    # A referred object or parent must come first. Only this one object is affected, and clients
    # send failed objects again in their next cycle; 503 would halt all the others as well.
    MAExportError.EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE: _BAD_VALUE,
    MAExportError.EXPORT_ACTION_PROVISIONING_PARENT: _BAD_VALUE,
    MAExportError.EXPORT_ERROR_REFERENCE_ATTRIBUTE_FAILURE: _BAD_VALUE,
    MAExportError.EXPORT_ERROR_NON_EXISTING_PARENT: _BAD_VALUE,
    MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_ERROR: _TARGET_DOWN,
    MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT: _MISSING,
    MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_EXISTING_OBJECT: _IN_USE,
    MAExportError.EXPORT_ERROR_DUPLICATE_ANCHOR: _IN_USE,
    # Several target objects fit: no value of the request is in use, so no scimType of 409 fits.
    MAExportError.EXPORT_ERROR_AMBIGUOUS_UPDATE: ExportStatus(409),
    MAExportError.EXPORT_ERROR_PASSWORD_POLICY_VIOLATION: _BAD_VALUE,
    # Clocks and domain controllers concern every object; they are not set right within seconds.
    MAExportError.EXPORT_ERROR_KERBEROS_TIME_SKEW: _TARGET_NEEDS_OPERATOR,
    MAExportError.EXPORT_ERROR_KERBEROS_NO_LOG_ON_SERVER: _TARGET_NEEDS_OPERATOR,
    MAExportError.EXPORT_ERROR_INVALID_DN: _BAD_VALUE,
    MAExportError.EXPORT_ERROR_CONSTRAINT_VIOLATION: _BAD_VALUE,
    MAExportError.EXPORT_ERROR_SYNTAX_VIOLATION: _BAD_VALUE,
    MAExportError.EXPORT_ERROR_CHANGE_NAMING_ATTRIBUTE: ExportStatus(400, "mutability"),
    MAExportError.EXPORT_ERROR_PERMISSION_ISSUE: ExportStatus(403),
    MAExportError.EXPORT_ERROR_MISSING_PROVISIONING_ATTRIBUTE: _BAD_VALUE,
    MAExportError.EXPORT_ERROR_INVALID_PROVISIONING_ATTRIBUTE_VALUE: _BAD_VALUE,
    MAExportError.EXPORT_ERROR_MISSING_ANCHOR_COMPONENT: _BAD_VALUE,
    MAExportError.EXPORT_ERROR_MULTI_VALUED_ANCHOR_COMPONENT: _BAD_VALUE,
    MAExportError.EXPORT_ERROR_ANCHOR_TOO_LONG: _BAD_VALUE,
    MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE: _BAD_VALUE,
    # The connector stopped its run: no later object would fare better until it is opened again.
    MAExportError.EXPORT_ERROR_CUSTOM_STOP_RUN: _TARGET_DOWN,
    # One object failed for a reason of the connector's own; nothing says a value is to blame.
    MAExportError.EXPORT_ERROR_CUSTOM_CONTINUE_RUN: ExportStatus(400),
}
"""HTTP status, scimType and retry hint of every ``MAExportError``.

503 with a hint is kept for conditions of the whole target, which an Entra client waits out; what
concerns one object is 4xx, so that it is reported against that object and the others go on.
"""

_BUSY_NAME = ServerBusyError().ecma_name
_BY_NAME = {code.ecma_name: code for code in MAExportError}


def export_error(code: MAExportError | str, detail: str, *, error_name: str = "") -> ScimError:
    """The connector's refusal of one entry, its ``MAExportError`` name first in the detail.

    ``code`` is the enum member or its ECMA2 name (``ExportErrorDuplicateAnchor``);
    ``error_name`` is the connector's own ErrorName where it gave one; that of a
    ``ServerBusyError`` makes it a 429, whatever the code. Raises ``ValueError`` for ``Success``
    and for a name ECMA2 does not have.
    """
    known = _BY_NAME.get(code) if isinstance(code, str) else code
    if known is None or known is MAExportError.SUCCESS:
        raise ValueError(f"{code!r} is not an MAExportError that tells of a failure")
    shown = EXPORT_STATUS[known]
    head = f"{known.ecma_name} ({error_name})" if error_name else known.ecma_name
    text = f"{head}: {detail}" if detail else head
    if error_name == _BUSY_NAME:
        return too_many_requests(text, retry_after=ServerBusyError.seconds_in(detail))
    return ScimError(shown.status, text, shown.scim_type, retry_after=shown.retry_after)
