"""What a client is told of a change that its target refused."""

from ecma2py.runs import ExportOutcome
from ecma2py.scim.errors import ScimError, export_error, unavailable

RETRY_SECONDS = 30
"""What a client is told to wait when the target was at fault."""


def refusal(outcome: ExportOutcome) -> ScimError:
    """The SCIM error for a failed export; it keeps the MAExportError's name and the detail.

    What may succeed later is a 503 whatever its code says, so that the client tries again; 429 if
    the target is asked too often.
    """
    name = "" if outcome.error_name == outcome.error_code.ecma_name else outcome.error_name
    error = export_error(outcome.error_code, outcome.error_detail, error_name=name)
    if outcome.retryable and error.retry_after is None:
        return unavailable(error.detail, retry_after=RETRY_SECONDS)
    return error
