"""Names inside a generated module: every import has a private alias that collides with nothing."""

from __future__ import annotations

import keyword
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlkit.describe.annotation import camel
from sqlkit.describe.types import Composite, Enum, Name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlkit.describe.types import Type

TYPES_MODULE = "_types"
ROWS_MODULE = "_rows"


@dataclass(slots=True)
class ModuleNames:
    """The names of one module.

    ``taken`` are the names that the module gives to functions, row classes, fields and parameters.
    ``types`` names the package's shared types, which stand in ``package`` + ``_types``, as shared
    rows do in ``_rows``; without ``package`` they stand in this very module. ``local`` are the
    project's own top-level modules: their imports stand apart. What is used is collected for
    `imports`.
    """

    taken: set[str]
    types: Mapping[tuple[str, str], str]
    package: str | None = None
    local: Collection[str] = ()
    _aliases: dict[Name, str] = field(default_factory=dict[Name, str])

    def of(self, name: Name) -> str:
        """What a class is called here; a builtin by its own name, unless that is taken."""
        if name.module == "builtins" and name.name not in self.taken:
            return name.name
        if name not in self._aliases:
            self._aliases[name] = self.reserve(f"_{name.name}")
        return self._aliases[name]

    def of_type(self, type_: Enum | Composite) -> str:
        """What the alias of an enum, or the class of a composite, is called here."""
        name = self.types[type_.schema, type_.name]
        return name if self.package is None else self.of(Name(self.package + TYPES_MODULE, name))

    def of_row(self, row: str) -> str:
        """What a row class that modules share is called here."""
        return self.of(Name(f"{self.package}{ROWS_MODULE}", row))

    def reserve(self, wanted: str) -> str:
        """A name for the module's own use: the wanted one, with underscores before it if taken."""
        while wanted in self.taken:
            wanted = f"_{wanted}"
        self.taken.add(wanted)
        return wanted

    def imports(self) -> str:
        """The import statements for all that was used, in isort's order."""
        groups: dict[int, list[str]] = defaultdict(list)
        for name, alias in self._aliases.items():
            line = f"from {name.module} import {name.name} as {alias}"
            groups[self._section(name.module)].append(line)
        return "\n\n".join("\n".join(sorted(groups[key], key=_order)) for key in sorted(groups))

    def _section(self, module: str) -> int:
        top = module.partition(".")[0]
        if top in sys.stdlib_module_names:
            return 0
        return 3 if not top else 2 if top in self.local else 1


def _order(line: str) -> tuple[str, str]:
    _, module, _, name, *_ = line.split()
    return module, name


def type_names(types: Iterable[Type]) -> dict[tuple[str, str], str]:
    """Python names for enums and composites, by schema and name.

    ``campaign_status`` is ``CampaignStatus``; where two of different schemas would share a name,
    both have their schema's before it.
    """
    found = {(one.schema, one.name) for one in types if isinstance(one, (Enum, Composite))}
    wanted = defaultdict[str, list[tuple[str, str]]](list)
    for key in sorted(found):
        wanted[camel(key[1])].append(key)
    named: dict[tuple[str, str], str] = {}
    for name, keys in wanted.items():
        for key in keys:
            own = name if len(keys) == 1 else camel(f"{key[0]}_{key[1]}")
            while own in named.values():
                own += "_"
            named[key] = own
    return named


def identifier(text: str) -> str:
    """A Python identifier that looks like the text."""
    name = re.sub(r"\W+", "_", text).strip("_").lower() or "value"
    name = f"_{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) else name


def is_identifier(text: str) -> bool:
    """Whether the text can be a parameter, field or module as it is."""
    return text.isidentifier() and not keyword.iskeyword(text)
