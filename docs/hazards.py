"""The catalogue of hazards in docs/check.md, from the rules themselves.

`python -m docs.hazards` writes it anew; a test says when that is due.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlkit.describe.hazards import FAMILIES, MANUAL, RULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from sqlkit.describe.hazards import Rule

PAGE = Path(__file__).with_name("check.md")
START = "<!-- The rest is written by python -m docs.hazards. -->\n"


def main() -> None:
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")


def written(page: str) -> str:
    """The page with the catalogue as it is now."""
    return page.partition(START)[0] + START + "\n".join(_catalogue())


def _catalogue() -> Iterator[str]:
    yield "\n| hazard | |\n|---|---|"
    for module in FAMILIES:
        for rule in _rules(module):
            yield f"| [`{rule.name}`](#{rule.name}) | {rule.title} |"
    for module in FAMILIES:
        yield f"\n## {(module.__doc__ or '').strip().removesuffix('.')}"
        for rule in _rules(module):
            yield from _section(rule)


def _rules(module: ModuleType) -> list[Rule]:
    return [rule for rule in RULES.values() if rule.check.__module__ == module.__name__]


def _section(rule: Rule) -> Iterator[str]:
    title, page = rule.manual
    why = " ".join(rule.why.split())
    yield f"\n### `{rule.name}`\n\n{rule.title} {why}"
    yield f"\n```sql\n-- Found:\n{rule.bad}\n\n-- Better:\n{rule.good}\n```"
    yield f"\nPostgreSQL manual: [{title}]({MANUAL}{page}).\n"


if __name__ == "__main__":
    main()
