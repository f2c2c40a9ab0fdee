"""Python text as ruff formats it, for the little that a generated module consists of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeAlias

WIDTH = 100
INDENT = "    "

_TOKEN = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|, |[\[\]]""")

Part: TypeAlias = "str | Group"


@dataclass(frozen=True, slots=True)
class Group:
    """Parts in brackets: on one line if they fit, else one on each.

    ``broken``: one on each line though they fit (ruff leaves that so, for the trailing comma).
    ``tuple_``: a tuple's parentheses, where a single part has a comma too.
    ``subscript``: square brackets, whose parts share the next line if they fit there.
    """

    before: str
    parts: tuple[Part, ...] = field(default=())
    after: str = ")"
    broken: bool = False
    tuple_: bool = False
    subscript: bool = False

    def flat(self) -> str | None:
        """The group on one line; None if it can't stand on one."""
        texts = [part if isinstance(part, str) else part.flat() for part in self.parts]
        if self.broken or None in texts:
            return None
        comma = "," if self.tuple_ and len(texts) == 1 else ""
        return f"{self.before}{', '.join(filter(None, texts))}{comma}{self.after}"


def render(part: Part, depth: int = 0, tail: str = "") -> str:
    """The text of a part at a depth of indentation, followed by ``tail`` on its last line."""
    indent = INDENT * depth
    flat = part if isinstance(part, str) else part.flat()
    fits = flat is not None and len(indent + flat + tail) <= WIDTH
    if isinstance(part, str) or (flat is not None and (fits or not part.parts)):
        return f"{indent}{flat}{tail}"
    # A bare star takes no comma of its own after it only where it is last; it never is.
    inner = [render(each, depth + 1, ",") for each in part.parts]
    if part.subscript:
        inner = _subscripted(part, depth + 1) or inner
    return "\n".join([indent + part.before, *inner, indent + part.after + tail])


def _subscripted(group: Group, depth: int) -> list[str]:
    """What stands between square brackets without a comma at its end; empty if it can't."""
    if len(group.parts) == 1:
        return [render(group.parts[0], depth)]
    together = Group("", group.parts, "").flat()
    fits = together is not None and len(INDENT * depth + together) <= WIDTH
    return [f"{INDENT * depth}{together}"] if fits else []


def annotated(name: str, annotation: str, default: str = "") -> Part:
    """An argument with its annotation, which breaks at square brackets that enclose all of it."""
    return _bracketed(f"{name}: ", annotation, default)


def _bracketed(before: str, text: str, after: str = "") -> Part:
    head, bracket, rest = text.partition("[")
    parts = _split(rest[:-1])
    if not bracket or not rest.endswith("]") or parts is None:
        return f"{before}{text}{after}"
    inner = tuple(_bracketed("", part) for part in parts)
    return Group(f"{before}{head}[", inner, f"]{after}", subscript=True)


def _split(text: str) -> list[str] | None:
    """The parts between commas that no brackets or quotes enclose; None if a bracket is closed."""
    parts, depth, start = list[str](), 0, 0
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "]": -1}.get(token[0], 0)
        if depth < 0:
            return None
        if token[0] == ", " and not depth:
            parts.append(text[start : token.start()])
            start = token.end()
    return [*parts, text[start:]]


def tuple_(*parts: Part) -> Group:
    """A tuple display."""
    return Group("(", parts, tuple_=True)


def quoted(text: str) -> str:
    """A string literal in the quotes that ruff prefers."""
    quote = '"' if text.count('"') <= text.count("'") else "'"
    return quote + "".join(_escaped(c, quote) for c in text) + quote


def _escaped(char: str, quote: str) -> str:
    if char in (quote, "\\"):
        return f"\\{char}"
    return char if char.isprintable() else repr(char)[1:-1]


def docstring(text: str, depth: int = 0) -> str:
    """A docstring of one or several paragraphs, indented; empty for an empty text."""
    lines = [line.expandtabs().rstrip() for line in text.strip().splitlines()]
    if not any(lines):
        return ""
    indent = INDENT * depth
    safe = [line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"') for line in lines]
    if len(safe) == 1 and lines[0].endswith('"') and not lines[0].endswith('"""'):
        safe[0] = safe[0][:-1] + '\\"'
    body = f"\n{indent}".join(safe).replace(f"\n{indent}\n", "\n\n")
    end = f"\n{indent}" if len(safe) > 1 else ""
    return f'{indent}"""{_printable(body)}{end}"""\n'


def head(doc: str, imports: str) -> str:
    """What a module begins with."""
    parts = (docstring(doc).rstrip("\n"), "from __future__ import annotations", imports)
    return "\n\n".join(filter(None, parts))


def _printable(text: str) -> str:
    """The text without control characters, which would break the line or the file."""
    return "".join(c if c == "\n" or c.isprintable() else repr(c)[1:-1] for c in text)
