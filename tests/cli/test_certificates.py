"""The certificate an administrator hands to clients."""

from pathlib import Path

import pytest

from ecma2py.host.certificates import generate
from tests.cli.commands import here, succeed


@pytest.fixture
def served(configured: Path) -> Path:
    """A folder whose host serves HTTPS."""
    file = configured / "ecma2py.toml"
    file.write_text(file.read_text().replace("plain_http = true", 'names = ["hr.example"]'))
    return configured


def test_looking_for_a_certificate_makes_none(served: Path) -> None:
    """Before the first start there is none to show."""
    done = here("certificate", "show")

    assert done.code == 1
    assert "certificate renew" in done.err
    assert not (served / "state").exists()


def test_renewing_makes_another_one(served: Path) -> None:
    """Each time a new one, for the configured names, and shown as it lies there."""
    first = succeed("certificate", "renew", "--json").data
    second = succeed("certificate", "renew", "--json").data

    assert first["fingerprint"] != second["fingerprint"]
    assert second == succeed("certificate", "show", "--json").data
    assert second["names"][0] == "hr.example"
    assert Path(second["file"]).read_bytes().startswith(b"-----BEGIN CERTIFICATE")
    assert second["fingerprint"] in succeed("certificate", "show").out


def test_a_certificate_of_the_administrator_is_not_touched(served: Path) -> None:
    """It is shown, but renewed elsewhere."""
    pair = generate(["hr.example"])
    served.joinpath("own.pem").write_bytes(pair.certificate_pem())
    served.joinpath("own.key").write_bytes(pair.key_pem())
    with served.joinpath("ecma2py.toml").open("a") as file:
        file.write('[host.tls]\ncertificate = "own.pem"\nkey = "own.key"\n')

    assert succeed("certificate", "show", "--json").data["generated"] is False
    done = here("certificate", "renew")
    assert done.code == 2
    assert "renew it where it came from" in done.err
