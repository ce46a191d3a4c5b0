"""A connector for .NET Framework that tries a piece of C# and tells what came of it."""

from pathlib import Path

import attrs

from ecma2py.clr.runtimes import RuntimeKind
from tests.clr.building import assembly
from tests.clr.hosted import Ours, hosted

PROBE = """
using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Configuration;
using Microsoft.MetadirectoryServices;
{using}
public class Probe : IMAExtensible2GetSchema {{
  private static readonly List<string> Told = new List<string>();
  private static void Tell(object value) {{ Told.Add(value == null ? "null" : value.ToString()); }}
  public Schema GetSchema(KeyedCollection<string, ConfigParameter> parameters) {{
    Try();
    Schema schema = Schema.Create();
    foreach (string each in Told) {{
      schema.Types.Add(SchemaType.Create(schema.Types.Count + " " + each, true)); }}
    return schema; }}
  private static void Try() {{ {code} }}
  {members}
}}
"""
TELL = """
connector = host.load(paths[0])
schema = connector.new("IMAExtensible2GetSchema").GetSchema(None)
result = [each.Name.partition(" ")[2] for each in schema.Types]
"""


@attrs.frozen
class Probing:
    """Runs a piece of C# inside a connector for .NET Framework."""

    folder: Path
    ours: Ours
    stand_ins: Path

    def __call__(
        self,
        kind: RuntimeKind,
        code: str,
        *references: str,
        using: str = "",
        members: str = "",
        settings: str | None = None,
    ) -> list[str]:
        """What the code told."""
        path = assembly(
            self.folder / "Probe.dll",
            PROBE.format(code=code, using=using, members=members),
            references=[
                self.ours.contract,
                Path("System.Configuration.dll"),
                *map(Path, references),
            ],
        )
        file = None
        if settings is not None:
            file = self.folder / "Probe.dll.config"
            file.write_text(f"<configuration>{settings}</configuration>", encoding="utf-8")
        told: list[str] = hosted(
            kind, TELL, path, ours=self.ours, settings=file, stand_ins=self.stand_ins
        )
        return told
