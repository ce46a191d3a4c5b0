"""Every error a connector can raise or report, grouped by what a host must do about it.

    ECMA2Error
      StopRun                   the run ends, nothing more is sent to the connector
        TerminateRunError  ServerDownError  BadServerCredentialsError  ExtensibleExtensionError
        EntryPointNotImplementedError  UnexpectedDataError  FatalEntryExportError
        WarningNoWatermarkError
      Retry                     the run ends, the same work may succeed later
        FailedConnectionError  DroppedConnectionError  FailedSearchError  EndConnectionError
        ClosePasswordConnectionError  ServerBusyError
      EntryError                this entry fails, all others go on
        EntryExportError  ObjectNotFoundError  ObjectAlreadyExistsError  ObjectTypeNotSupportedError
        AccessDeniedError  InvalidDNError  MissingParentObjectError  TooManyValuesError
        NoSuchObjectError  NoSuchObjectTypeError  NoSuchClassError
        NoSuchAttributeError  NoSuchAttributeInObjectTypeError  AttributeNotPresentError
        AttributeDoesNotExistOnObjectError  AttributeNotDefinedAsSourceError
        AttributeNotInInclusionListError  DeclineMappingError  FunctionEvaluationError
        ProvisioningBySyncRuleError
      ConfigurationError        the configuration is refused, no run starts
        NoSuchParameterError  NoCompatiblePartitionFoundError  NoSuchManagementAgentError
        InvalidSchemaError  InvalidParameterError
      PasswordError             the outcome of a password operation
        PasswordPolicyViolationError  PasswordIllFormedError  PasswordExtensionError
        OldPasswordIncorrectError
      ModelError                a change breaks a rule of the ECMA2 object model

Names are ECMA2's own with ``Error`` for ``Exception``; ``ecma_name`` gives the .NET name back. The
bands and ``ServerBusyError`` are ours.
"""

import re
from enum import IntEnum
from typing import ClassVar


class _ECMA2Enum(IntEnum):
    """An enum whose members know the .NET spelling of their name."""

    @property
    def ecma_name(self) -> str:
        """The member's name as .NET writes it, e.g. ``ExportErrorDuplicateAnchor``."""
        acronyms = {"DN": "DN", "NO": "No", "ON": "On"}
        words = self.name.split("_")
        return "".join(acronyms.get(word, word.capitalize()) for word in words)


class MAImportError(_ECMA2Enum):
    """Why an entry could not be imported; numbers as in ECMA2 ``MAImportError``."""

    SUCCESS = 0
    IMPORT_ERROR_MISSING_DOMAIN_NAME = 1
    IMPORT_ERROR_DOMAIN_NAME_NOT_LDAP_CONFORMANT = 2
    IMPORT_ERROR_INVALID_DOMAIN_NAME = 3
    IMPORT_ERROR_MISSING_CHANGE_TYPE = 4
    IMPORT_ERROR_INVALID_CHANGE_TYPE = 5
    IMPORT_ERROR_MULTI_VALUED_CHANGE_TYPE = 6
    IMPORT_ERROR_MISSING_OBJECT_CLASS = 7
    IMPORT_ERROR_MISSING_OBJECT_TYPE = 8
    IMPORT_ERROR_PARSE_ERROR = 9
    IMPORT_ERROR_READ_ERROR = 10
    IMPORT_ERROR_INVALID_ATTRIBUTE_VALUE = 11
    IMPORT_ERROR_INVALID_BASE64_VALUE = 12
    IMPORT_ERROR_INVALID_NUMERIC_VALUE = 13
    IMPORT_ERROR_INVALID_BOOLEAN_VALUE = 14
    IMPORT_ERROR_CUSTOM_STOP_RUN = 15
    IMPORT_ERROR_CUSTOM_CONTINUE_RUN = 16


class MAExportError(_ECMA2Enum):
    """The outcome of one exported entry; numbers as in ECMA2 ``MAExportError``."""

    SUCCESS = 0
    EXPORT_ACTION_CONVERT_UPDATE_TO_ADD = 1
    EXPORT_ACTION_RETRY_REFERENCE_ATTRIBUTE = 2
    EXPORT_ACTION_PROVISIONING_PARENT = 3
    EXPORT_ERROR_CONNECTED_DIRECTORY_ERROR = 4
    EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT = 5
    EXPORT_ERROR_CONNECTED_DIRECTORY_EXISTING_OBJECT = 6
    EXPORT_ERROR_REFERENCE_ATTRIBUTE_FAILURE = 7
    EXPORT_ERROR_NON_EXISTING_PARENT = 8
    EXPORT_ERROR_DUPLICATE_ANCHOR = 9
    EXPORT_ERROR_AMBIGUOUS_UPDATE = 10
    EXPORT_ERROR_PASSWORD_POLICY_VIOLATION = 11
    EXPORT_ERROR_KERBEROS_TIME_SKEW = 12
    EXPORT_ERROR_KERBEROS_NO_LOG_ON_SERVER = 13
    EXPORT_ERROR_INVALID_DN = 14
    EXPORT_ERROR_CONSTRAINT_VIOLATION = 15
    EXPORT_ERROR_SYNTAX_VIOLATION = 16
    EXPORT_ERROR_CHANGE_NAMING_ATTRIBUTE = 17
    EXPORT_ERROR_PERMISSION_ISSUE = 18
    EXPORT_ERROR_MISSING_PROVISIONING_ATTRIBUTE = 19
    EXPORT_ERROR_INVALID_PROVISIONING_ATTRIBUTE_VALUE = 20
    EXPORT_ERROR_MISSING_ANCHOR_COMPONENT = 21
    EXPORT_ERROR_MULTI_VALUED_ANCHOR_COMPONENT = 22
    EXPORT_ERROR_ANCHOR_TOO_LONG = 23
    EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE = 24
    EXPORT_ERROR_CUSTOM_STOP_RUN = 25
    EXPORT_ERROR_CUSTOM_CONTINUE_RUN = 26


class ECMA2Error(Exception):
    """The root of all errors here; carries the object and the attribute at fault where known."""

    run_result: ClassVar[str] = "stopped-extension-dll-exception"
    """What the run history calls a run ended by this error, in MIM's own words."""

    message: str = ""

    def __init__(
        self,
        message: object = "",
        *,
        dn: str | None = None,
        object_type: str | None = None,
        attribute_name: str | None = None,
    ) -> None:
        # Whoever wraps an exception or a number in this error gets its text, None gives none.
        self.message = "" if message is None else str(message)
        super().__init__(self.message)
        self.dn = dn
        self.object_type = object_type
        self.attribute_name = attribute_name

    def __str__(self) -> str:
        return str(self.message)

    @property
    def ecma_name(self) -> str:
        """The .NET name of this error, e.g. ``ServerDownException``."""
        return f"{type(self).__name__.removesuffix('Error')}Exception"


class StopRun(ECMA2Error):
    """The run must end: nothing more is sent to the connector but Close."""


class TerminateRunError(StopRun):
    """The connector asks the engine to end the run (``TerminateRunException``)."""


class ServerDownError(StopRun):
    """The connected system cannot be reached (``ServerDownException``)."""

    run_result = "stopped-server-down"


class BadServerCredentialsError(StopRun):
    """The connected system refused the credentials (``BadServerCredentialsException``)."""

    run_result = "stopped-bad-server-credentials"


class ExtensibleExtensionError(StopRun):
    """The connector itself is at fault (``ExtensibleExtensionException``)."""

    run_result = "stopped-extensible-extension-error"


class EntryPointNotImplementedError(StopRun):
    """The connector has the method but does not do this (``EntryPointNotImplementedException``)."""

    run_result = "stopped-entry-point-not-implemented"


class UnexpectedDataError(StopRun):
    """The connected system answered something it should not (``UnexpectedDataException``)."""

    run_result = "stopped-unexpected-data"


class FatalEntryExportError(StopRun):
    """An entry failed in a way that makes going on unsafe (``FatalEntryExportException``)."""


class WarningNoWatermarkError(StopRun):
    """A delta import has no watermark to start from: run a full import first."""

    run_result = "warning-no-watermark"


class Retry(ECMA2Error):
    """The run ends now, and the same work may succeed when tried again."""


class FailedConnectionError(Retry):
    """A connection could not be made (``FailedConnectionException``)."""

    run_result = "failed-connection"


class DroppedConnectionError(Retry):
    """A connection was lost on the way (``DroppedConnectionException``)."""

    run_result = "dropped-connection"


class FailedSearchError(Retry):
    """A search failed as a whole (``FailedSearchException``)."""

    run_result = "failed-search"


class EndConnectionError(Retry):
    """A connection could not be closed in order (``EndConnectionException``)."""


class ClosePasswordConnectionError(Retry):
    """A password connection could not be closed (``ClosePasswordConnectionException``)."""


class ServerBusyError(Retry):
    """The connected system is asked too often: it takes more after ``retry_after`` seconds.

    A SCIM client is answered 429 with ``Retry-After``. The message ends in ``(retry after 30
    seconds)``; a connector that reports by result says so too, with the error name
    ``ServerBusyException`` and that end of its detail.
    """

    run_result = "failed-connection"

    def __init__(
        self,
        message: str = "",
        *,
        retry_after: int = 30,
        dn: str | None = None,
        object_type: str | None = None,
        attribute_name: str | None = None,
    ) -> None:
        super().__init__(
            f"{message} (retry after {retry_after} seconds)".lstrip(),
            dn=dn,
            object_type=object_type,
            attribute_name=attribute_name,
        )
        self.retry_after = retry_after

    @staticmethod
    def seconds_in(detail: str) -> int:
        """After how many seconds *detail* says that more is taken; 30 if it says nothing."""
        found = re.findall(r"\(retry after (\d{1,6}) seconds\)", detail)
        return int(found[-1]) if found else 30


class EntryError(ECMA2Error):
    """This entry fails with ``error_code``; every other entry goes on."""

    error_code: MAExportError = MAExportError.EXPORT_ERROR_CUSTOM_CONTINUE_RUN


class EntryExportError(EntryError):
    """This entry could not be exported, for the ``MAExportError`` given with it.

    ``error_name`` is a short name of the connector's own, shown beside the code.
    """

    error_name: str = ""

    def __init__(
        self,
        message: object = "",
        error_code: MAExportError = MAExportError.EXPORT_ERROR_CUSTOM_CONTINUE_RUN,
        *,
        error_name: str = "",
        dn: str | None = None,
        object_type: str | None = None,
        attribute_name: str | None = None,
    ) -> None:
        super().__init__(message, dn=dn, object_type=object_type, attribute_name=attribute_name)
        self.error_code = error_code
        self.error_name = error_name


class ObjectNotFoundError(EntryError):
    """The object is not in the connected system (``ObjectNotFoundException``)."""

    error_code = MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT


class NoSuchObjectError(EntryError):
    """The object is not in the connector space (``NoSuchObjectException``)."""

    error_code = MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_MISSING_OBJECT


class ObjectAlreadyExistsError(EntryError):
    """An object of this name or anchor exists already (``ObjectAlreadyExistsException``)."""

    error_code = MAExportError.EXPORT_ERROR_CONNECTED_DIRECTORY_EXISTING_OBJECT


class ObjectTypeNotSupportedError(EntryError):
    """The operation is not possible for this object type (``ObjectTypeNotSupportedException``)."""


class AccessDeniedError(EntryError):
    """The connector's account may not do this (``AccessDeniedException``)."""

    error_code = MAExportError.EXPORT_ERROR_PERMISSION_ISSUE


class InvalidDNError(EntryError):
    """The DN is not well formed (``InvalidDNException``)."""

    error_code = MAExportError.EXPORT_ERROR_INVALID_DN


class MissingParentObjectError(EntryError):
    """The parent of the DN does not exist (``MissingParentObjectException``)."""

    error_code = MAExportError.EXPORT_ERROR_NON_EXISTING_PARENT


class TooManyValuesError(EntryError):
    """A single-valued attribute was given several values (``TooManyValuesException``)."""

    error_code = MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE


class NoSuchObjectTypeError(EntryError):
    """The schema has no such object type (``NoSuchObjectTypeException``)."""


class NoSuchClassError(EntryError):
    """The schema has no such object class (``NoSuchClassException``)."""


class NoSuchAttributeError(EntryError):
    """The schema has no such attribute (``NoSuchAttributeException``)."""

    error_code = MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE


class NoSuchAttributeInObjectTypeError(NoSuchAttributeError):
    """This object type has no such attribute (``NoSuchAttributeInObjectTypeException``)."""


class AttributeNotPresentError(EntryError):
    """The object has no value for the attribute (``AttributeNotPresentException``)."""

    error_code = MAExportError.EXPORT_ERROR_MISSING_PROVISIONING_ATTRIBUTE


class AttributeDoesNotExistOnObjectError(EntryError):
    """The object cannot hold the attribute (``AttributeDoesNotExistOnObjectException``)."""

    error_code = MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE


class AttributeNotDefinedAsSourceError(EntryError):
    """A rule reads an attribute it did not declare (``AttributeNotDefinedAsSourceException``)."""


class AttributeNotInInclusionListError(EntryError):
    """The attribute was not selected (``AttributeNotInInclusionListException``)."""


class DeclineMappingError(EntryError):
    """A rule declines to give a value (``DeclineMappingException``)."""


class FunctionEvaluationError(EntryError):
    """A function of a rule failed (``FunctionEvaluationException``)."""


class ProvisioningBySyncRuleError(EntryError):
    """Provisioning by a rule failed (``ProvisioningBySyncRuleException``)."""


class ConfigurationError(ECMA2Error, ValueError):
    """The configuration is refused: no run starts before it is mended."""


class NoSuchParameterError(ConfigurationError, KeyError):
    """No parameter has this name (``NoSuchParameterException``)."""


class NoCompatiblePartitionFoundError(ConfigurationError):
    """No partition holds this DN and type (``NoCompatiblePartitionFoundException``)."""


class NoSuchManagementAgentError(ConfigurationError):
    """No connector has this name (``NoSuchManagementAgentException``)."""


class InvalidSchemaError(ConfigurationError):
    """The schema breaks a rule of ECMA2; the message names type and attribute."""


class InvalidParameterError(ConfigurationError):
    """A parameter's value is not one its definition allows; ``parameter_name`` says which."""

    def __init__(self, message: object = "", *, parameter_name: str = "") -> None:
        super().__init__(message)
        self.parameter_name = parameter_name


class PasswordError(ECMA2Error):
    """A password operation was refused; ``error_code`` says how an export reports it."""

    error_code: ClassVar[MAExportError] = MAExportError.EXPORT_ERROR_CUSTOM_CONTINUE_RUN


class PasswordPolicyViolationError(PasswordError):
    """The new password breaks the target's policy (``PasswordPolicyViolationException``)."""

    error_code = MAExportError.EXPORT_ERROR_PASSWORD_POLICY_VIOLATION


class PasswordIllFormedError(PasswordError):
    """The new password cannot be used at all (``PasswordIllFormedException``)."""

    error_code = MAExportError.EXPORT_ERROR_INVALID_ATTRIBUTE_VALUE


class PasswordExtensionError(PasswordError):
    """The password operation failed for another reason (``PasswordExtensionException``)."""


class OldPasswordIncorrectError(PasswordError):
    """The old password given to a change is wrong (``OldPasswordIncorrectException``)."""


class ModelError(ECMA2Error, ValueError):
    """A change breaks a rule of the object model; the message says which and what to do."""
