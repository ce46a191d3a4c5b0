"""A connector in C#, served over SCIM 2.0 by each .NET runtime of this machine.

Compiles the connector beside this file, starts the host on it, does what an identity service does,
and shows its CSV files before and after.
"""

import csv
import secrets
import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from ecma2py.clr.compiling import CompilationError, CompilerMissingError
from ecma2py.clr.doctor import look
from ecma2py.clr.runtimes import Runtime
from examples.demo.client import ScimClient
from examples.demo.stage import (
    Watched,
    console,
    deleted,
    free_port,
    patch_body,
    program,
    run,
    say,
    serving,
    updated,
)
from examples.dotnet.build import build

FOLDER = Path(".work/demo-dotnet")
NAME = "Demo"
PEOPLE = """\
id,login,displayName,givenName,familyName,mail,title,active,room,manager,phones
P0001,grace,Grace Hopper,Grace,Hopper,grace@example.org,Head of Compilers,true,101,,+1 555 0101
P0002,alan,Alan Turing,Alan,Turing,alan@example.org,Researcher,true,102,P0001,+1 555 0102|+1 555 02
P0003,edsger,Edsger Dijkstra,Edsger,Dijkstra,edsger@example.org,Researcher,false,,P0001,
"""
GROUPS = """\
id,name,members
G0001,Compilers,P0001|P0002
G0002,Everybody,P0001|P0002|P0003
"""
CONFIG = """\
# Made by the demonstration of a connector in C#.

[host]
listen = "127.0.0.1:{port}"
plain_http = true                  # only ever on the loopback interface; leave it out for TLS
log_level = "warning"

[connectors.Demo]
type = "DemoConnector.dll"
path = ".."
runtime = "{runtime}"              # left out, ecma2py takes the one that fits best

[connectors.Demo.parameters]
"Folder" = '{data}'
"Pepper" = "${{DEMO_PEPPER}}"      # an encrypted parameter: the connector gets a SecureString
"Check references" = "1"

[connectors.Demo.scim.mapping.User]
userName = "login"
displayName = "displayName"
active = "active"
title = "title"
"name.givenName" = "givenName"
"name.familyName" = "familyName"
'emails[type eq "work"].value' = "mail"
"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager" = "manager"

[connectors.Demo.scim.mapping.Group]
displayName = "name"
members = "members"
"""


def main() -> int:
    """The whole demonstration on each runtime; 0 if everything came out as it should."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    machine = look()
    usable = [each for each in machine.runtimes if not each.problem]
    if not machine.ready:
        console.print("No .NET connector can run here yet.")
        for each in (*machine.problems, *machine.advice()):
            console.print(f"  {each}")
        return 1
    dll = (FOLDER / "DemoConnector.dll").resolve()
    try:
        build(dll)
    except (CompilationError, CompilerMissingError) as error:
        console.print(str(error))
        return 1
    say(f"Compiled {dll}")
    for runtime in {each.kind: each for each in reversed(usable)}.values():
        show(runtime)
    say("How to go on", title=True)
    console.print(
        f"  What a DLL of yours needs: {program()} dotnet doctor Your.dll\n"
        "  Your MIM connector:        docs/how-to/mim-connector.md\n"
        "  The connector's source:    examples/dotnet/README.md"
    )
    return 0


def show(runtime: Runtime) -> None:
    """Serve the connector on one runtime, and tell the story of one person."""
    say(f"On {runtime}", title=True)
    folder = FOLDER / runtime.kind.value
    data = (folder / "data").resolve()
    data.mkdir(parents=True)
    (data / "person.csv").write_text(PEOPLE, encoding="utf-8")
    (data / "group.csv").write_text(GROUPS, encoding="utf-8")
    port = free_port()
    config = folder / "ecma2py.toml"
    text = CONFIG.format(port=port, runtime=runtime.kind.value, data=data.as_posix())
    config.write_text(text, encoding="utf-8")
    environment = {"DEMO_PEPPER": secrets.token_urlsafe()}
    log = folder / "host.log"
    with serving(config, NAME, port, log, environment) as client:
        story(client, data)
    say("Set a password: SecureString in the connector, a salted hash in its file", title=True)
    arguments = ("password", NAME, "P0001", "--stdin", "--config", str(config))
    console.print(f"  {run(*arguments, environment=environment, given='correct horse').strip()}")
    console.print(f"  {(data / 'passwords.csv').read_text(encoding='utf-8').strip()}")
    say("The files afterwards", title=True)
    for path in (data / "person.csv", data / "changes.log"):
        console.print(f"  {path.relative_to(Path.cwd())}")
        for line in path.read_text(encoding="utf-8").splitlines():
            console.print(f"    {line}", markup=False)
    console.print(f"  What the host logged: {log}")


def story(client: ScimClient, data: Path) -> None:
    """What an identity service does in the life of one person."""
    say("Match: is this person there already?", title=True)
    known = client.find("/Users", 'userName eq "grace"')[0]
    console.print(f"  grace is {known['displayName']}, id {known['id']}")
    nobody = client.find("/Users", f'userName eq "{secrets.token_hex(8)}"')
    console.print(f"  a random name is {len(nobody)} people")

    names = ("id", "login", "familyName", "title", "active", "manager", "groups")
    row = Watched("person.csv", names, lambda: stored(data, "ada"))
    say("Create a person", title=True)
    status, answer = client.send("POST", "/Users", new_person(known["id"]))
    person = answer["id"]
    console.print(f"  {status}, id {person}")
    row.show()

    updated(client, person, client.find("/Groups", 'displayName eq "Compilers"')[0], row)

    say("What the connector refuses comes back as an error that says why", title=True)
    broken = [{"op": "Replace", "path": "title", "value": "two\nlines"}]
    status, answer = client.send("PATCH", f"/Users/{person}", patch_body(broken))
    console.print(f"  {status} {answer.get('scimType')}: {answer['detail']}")

    deleted(client, person, row)


def new_person(manager: str) -> dict[str, Any]:
    """A person as an identity service sends one."""
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ada",
        "displayName": "Ada Byron",
        "name": {"givenName": "Ada", "familyName": "Byron"},
        "title": "Researcher",
        "active": True,
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "manager": {"value": manager}
        },
    }


def stored(data: Path, login: str) -> dict[str, str]:
    """The record of one person with the groups that name it; nothing if there is none."""
    for person in records(data / "person.csv"):
        if person["login"] == login:
            member = (each for each in records(data / "group.csv") if person["id"] in members(each))
            return {**person, "groups": ", ".join(each["name"] for each in member)}
    return {}


def members(group: dict[str, str]) -> list[str]:
    """The keys of those who belong to a group."""
    return group["members"].split("|")


def records(path: Path) -> list[dict[str, str]]:
    """The lines of a file by its heading."""
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


if __name__ == "__main__":
    sys.exit(main())
