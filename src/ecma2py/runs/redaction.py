"""No secret leaves a run: known secret values are cut out of every text a connector gives."""

from collections.abc import Iterable

from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.redaction import masked, pattern_of
from ecma2py.runs.errors import ConnectorFaultError, legible


class Redactor:
    """Texts and exceptions without the secrets it was made with."""

    def __init__(self, secrets: Iterable[SecureString | str] = ()) -> None:
        self._secrets = frozenset(
            each.reveal() if isinstance(each, SecureString) else each for each in secrets
        ) - {""}
        self._pattern = pattern_of(self._secrets)

    @classmethod
    def of(cls, parameters: ConfigParameters) -> "Redactor":
        """Knows every encrypted parameter."""
        return cls(each.secure_value for each in parameters.values() if each.is_encrypted)

    def also(self, *secrets: SecureString | str) -> "Redactor":
        """This one with more secrets, e.g. the password of one call."""
        return Redactor({*self._secrets, *secrets})

    def clean(self, text: str) -> str:
        """*text* with every secret replaced by ``***``."""
        return masked(text, self._pattern)

    def clean_error(self, error: Exception) -> Exception:
        """*error* with no secret in its text, its notes or what caused it.

        It is mended in place, so that type and traceback stay; an exception that builds its text
        from elsewhere is replaced by a ``ConnectorFaultError``.
        """
        error = legible(error)
        if self._pattern is None:
            return error
        seen: set[int] = set()
        chain: list[BaseException] = [error]
        while chain:
            each = chain.pop()
            if id(each) in seen:
                continue
            seen.add(id(each))
            self._mend(each)
            for link in ("__cause__", "__context__"):
                linked: BaseException | None = getattr(each, link)
                if linked is None:
                    continue
                self._mend(linked)
                if self._shows_secret(linked):
                    setattr(each, link, None)
                else:
                    chain.append(linked)
        if self._shows_secret(error):
            return ConnectorFaultError(f"{type(error).__name__}: {self.clean(str(error))}")
        return error

    def _shows_secret(self, error: BaseException) -> bool:
        try:
            shown = f"{error}{error!r}"
        except Exception:  # noqa: BLE001  what cannot be read cannot be trusted
            return True
        return self.clean(shown) != shown

    def _mend(self, error: BaseException) -> None:
        error.args = tuple(self.clean(arg) if isinstance(arg, str) else arg for arg in error.args)
        for name, content in vars(error).items():
            if isinstance(content, str):
                setattr(error, name, self.clean(content))
        notes = getattr(error, "__notes__", None)
        if notes:
            notes[:] = map(self.clean, notes)
