"""No secret leaves a run: known secret values are cut out of every text a connector gives."""

from collections.abc import Iterable

from ecma2py import errors
from ecma2py.parameters import ConfigParameters, SecureString
from ecma2py.redaction import LEFT_OUT, SHORTEST_MASKED, masked, pattern_of
from ecma2py.runs.errors import ConnectorFaultError, legible


class Redactor:
    """Texts and exceptions without the secrets it was made with."""

    def __init__(self, secrets: Iterable[SecureString | str] = ()) -> None:
        self._secrets = frozenset(
            each.reveal() if isinstance(each, SecureString) else each for each in secrets
        ) - {""}
        self._pattern = pattern_of(each for each in self._secrets if len(each) >= SHORTEST_MASKED)
        self._short = pattern_of(each for each in self._secrets if len(each) < SHORTEST_MASKED)

    @classmethod
    def of(cls, parameters: ConfigParameters) -> "Redactor":
        """Knows every encrypted parameter."""
        return cls(parameters.secrets)

    def also(self, *secrets: SecureString | str) -> "Redactor":
        """This one with more secrets, e.g. the password of one call."""
        return Redactor({*self._secrets, *secrets})

    def clean(self, text: str) -> str:
        """*text* with every secret replaced by ``***``; all of it where a short secret is in it."""
        text = masked(text, self._pattern)
        return LEFT_OUT if self._has_short(text) else text

    def _has_short(self, text: str) -> bool:
        return self._short is not None and self._short.search(text) is not None

    def clean_error(self, error: Exception) -> Exception:
        """*error* with no secret in its text, its notes or what caused it.

        It is mended in place, so that type and traceback stay. An exception that builds its text
        from elsewhere is replaced by one of ECMA2's that says the same to a host, any other by a
        ``ConnectorFaultError``.
        """
        error = legible(error)
        if not self._secrets:
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
            return self._stand_in(error)
        return error

    def _stand_in(self, error: Exception) -> Exception:
        text = f"{type(error).__name__}: {self.clean(str(error))}"
        known = (each for each in type(error).__mro__ if each.__module__ == errors.__name__)
        kind: type[Exception] = next(known, ConnectorFaultError)
        made = kind(text)
        for name in vars(made).keys() & vars(error).keys() - {"message"}:
            setattr(made, name, getattr(error, name))  # mended before
        return made

    def _shows_secret(self, error: BaseException) -> bool:
        try:
            text, form = str(error), repr(error)
        except Exception:  # noqa: BLE001  what cannot be read cannot be trusted
            return True
        # The name of its class is in no text of the connector's, and may hold a short secret.
        shown = f"{text}{form.replace(type(error).__name__, '')}"
        return masked(shown, self._pattern) != shown or self._has_short(text.replace(LEFT_OUT, ""))

    def _mend(self, error: BaseException) -> None:
        error.args = tuple(self.clean(arg) if isinstance(arg, str) else arg for arg in error.args)
        for name, content in vars(error).items():
            if isinstance(content, str):
                setattr(error, name, self.clean(content))
        notes = getattr(error, "__notes__", None)
        if notes:
            notes[:] = map(self.clean, notes)
