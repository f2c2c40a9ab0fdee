"""PostgreSQL's text form of a node tree, read without knowing the nodes.

The server prints an analysed query as ``{QUERY :commandType 1 :rtable ({…} {…}) …}``. Which fields
a node has changes between versions, so nodes are read by field name, and an absent field reads like
an empty one. Reading takes linear time and no recursion. Source of the rules: PostgreSQL's
``src/backend/nodes/read.c`` (``pg_strtok``, ``nodeRead``) and ``outfuncs.c`` (``outToken``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Value: TypeAlias = "Node | list[Value] | str | None"

_WORD = r"(?:[^\\ \n\t(){}]+|\\.)+"
_PLAIN = rf":\w+ {_WORD}"
# A node as far as its fields have plain values, which is often to its end; a bracket; more fields
# with plain values; a constant's bytes; any other word. Nothing ever follows a word or a run of
# fields that could fail and make the search go back.
_TOKEN = re.compile(
    rf"\{{(\w+)(?: ({_PLAIN}(?: {_PLAIN})*))?(\}})?"
    rf"|([(){{}}])|({_PLAIN}(?: {_PLAIN})*)|(\[ (?:-?\d+ )*\])|{_WORD}",
    re.DOTALL,
)
_LEAF, _BRACKET, _FIELDS = 3, 4, 5  # the groups above, by Match.lastindex; up to 3 a node
_PAIR = re.compile(rf":(\w+) ({_WORD})", re.DOTALL)
_WORDS = re.compile(_WORD, re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# The first word of a list that holds bare numbers: integers, oids, transaction ids, a bitmap set.
_NUMBERS = frozenset("iobx")


@dataclass(slots=True, eq=True)
class Node:
    """One node: its tag and its fields as they were printed; of a constant also its bytes."""

    tag: str
    fields: dict[str, Value] = field(default_factory=dict[str, "Value"])
    datum: str = ""

    def text(self, name: str) -> str:
        """A plain field's text; empty if there is none."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """An integer or oid; 0 if there is none."""
        return int(self.text(name) or 0)

    def flag(self, name: str) -> bool:
        """A boolean; False if there is none."""
        return self.text(name) == "true"

    def node(self, name: str) -> Node | None:
        """A field that is one node."""
        value = self.fields.get(name)
        return value if isinstance(value, Node) else None

    def items(self, name: str) -> list[Value]:
        """A field that is a list; empty if there is none."""
        value = self.fields.get(name)
        return value if isinstance(value, list) else []

    def nodes(self, name: str) -> list[Node]:
        """The nodes of a field that is a list."""
        return [item for item in self.items(name) if isinstance(item, Node)]


@dataclass(slots=True)
class Tree:
    """An analysed query, and every node in it, outer before inner."""

    query: Node
    nodes: Sequence[Node]


def read(text: str) -> Value:
    """The tree in ``text``. Raises `ValueError` if it is not a whole one."""
    return _read(text).items[0]


def read_query(text: str) -> Tree | None:
    """The first query in the text of a function's body or a view's rule; None if it holds none."""
    nodes = _read(text).nodes
    query = next((node for node in nodes if node.tag == "QUERY"), None)
    return Tree(query, nodes) if query else None


def _read(text: str) -> _Reader:
    reader = _Reader()
    for match in _TOKEN.finditer(text):
        group = match.lastindex
        if group is None:
            reader.word(match[0])
        elif group <= _LEAF:
            reader.open(match[1], _pairs(match[2] or ""))
            if group == _LEAF:
                reader.bracket("}", match.end())
        elif group == _BRACKET:
            reader.bracket(match[0], match.start())
        else:
            reader.more(match[0], is_fields=group == _FIELDS)
    if reader.stack or len(reader.items) != 1:
        raise ValueError("a node tree that is not whole")
    return reader


@dataclass(slots=True)
class _Reader:
    """The node or list that is open, its field that awaits a value, and what is open around it."""

    node: Node | None = None
    items: list[Value] = field(default_factory=list["Value"])
    label: str | None = None
    stack: list[tuple[Node | None, list[Value], str | None]] = field(
        default_factory=list[tuple["Node | None", "list[Value]", "str | None"]]
    )
    nodes: list[Node] = field(default_factory=list["Node"])

    def open(self, tag: str, fields: dict[str, Value]) -> None:
        """Open a node."""
        self.stack.append((self.node, self.items, self.label))
        self.node, self.items, self.label = Node(tag, fields), [], None
        self.nodes.append(self.node)

    def bracket(self, bracket: str, place: int) -> None:
        """Open or close a list, or close a node."""
        if bracket == "{":
            raise ValueError(f"unexpected {bracket} at {place}")
        if bracket == "(":
            self.stack.append((self.node, self.items, self.label))
            self.node, self.items, self.label = None, [], None
            return
        if not self.stack or (self.node is None) == (bracket == "}") or self.label is not None:
            raise ValueError(f"unexpected {bracket} at {place}")
        value = self.items if self.node is None else self.node
        self.node, self.items, self.label = self.stack.pop()
        self._put(value)

    def more(self, text: str, *, is_fields: bool) -> None:
        """Fields with plain values, or a constant's bytes; in a list, words that look like such."""
        if self.node is None or self.label is not None:
            for word in _WORDS.findall(text):
                self.word(word)
        elif is_fields:
            self.node.fields.update(_pairs(text))
        else:
            self.node.datum = text

    def word(self, word: str) -> None:
        """A field's name, or a plain value."""
        if self.node is not None and self.label is None:
            self.label = word.removeprefix(":")
        elif not (self.node is None and self.stack and not self.items and word in _NUMBERS):
            self._put(_plain(word))

    def _put(self, value: Value) -> None:
        if self.node is None:
            self.items.append(value)
        elif not self.label:
            raise ValueError("a value without a field's name")
        else:
            self.node.fields[self.label] = value
            self.label = None


def _pairs(text: str) -> dict[str, Value]:
    """Fields with plain values."""
    pairs: list[tuple[str, str]] = _PAIR.findall(text)
    if "<" in text or '"' in text or "\\" in text:
        return {name: _plain(word) for name, word in pairs}
    return dict[str, Value](pairs)


def _plain(word: str) -> str | None:
    if word == "<>":
        return None
    if len(word) > 1 and word[0] == word[-1] == '"':
        word = word[1:-1]
    return _ESCAPE.sub(r"\1", word) if "\\" in word else word


def walk(*roots: Value) -> Iterator[Node]:
    """Every node of the trees, outer before inner, without recursion."""
    stack: list[Value] = [*reversed(roots)]
    while stack:
        value = stack.pop()
        if isinstance(value, Node):
            yield value
            stack.extend(v for v in reversed(value.fields.values()) if isinstance(v, (Node, list)))
        elif isinstance(value, list):
            stack.extend(v for v in reversed(value) if isinstance(v, (Node, list)))
