"""PostgreSQL's text form of a node tree, read without knowing the nodes.

The server prints an analysed query as ``{QUERY :commandType 1 :rtable ({…} {…}) …}``. Which fields
a node has changes between versions, so nodes are read by field name, and an absent field reads like
an empty one. Reading takes linear time and no recursion. Source of the rules: PostgreSQL's
``src/backend/nodes/read.c`` (``pg_strtok``, ``nodeRead``) and ``outfuncs.c`` (``outToken``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Value: TypeAlias = "Node | list[Value] | str | None"

_TOKEN = re.compile(r"[(){}]|(?:\\.|[^\\ \n\t(){}])+", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# The first word of a list that holds bare numbers: integers, oids, transaction ids, a bitmap set.
_NUMBERS = frozenset("iobx")


@dataclass(slots=True, eq=True)
class Node:
    """One node: its tag and its fields as they were printed."""

    tag: str
    fields: dict[str, Value] = field(default_factory=dict[str, "Value"])

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
class _Open:
    """A node or list whose end has not come yet."""

    node: Node | None
    items: list[Value] = field(default_factory=list["Value"])
    label: str | None = None
    state: Literal["start", "inside", "datum"] = "start"


def read(text: str) -> Value:
    """The tree in ``text``. Raises `ValueError` if it is not a whole one."""
    outermost = _Open(None, state="inside")
    stack = [outermost]
    for match in _TOKEN.finditer(text):
        word = match.group()
        top = stack[-1]
        if word == "{":
            stack.append(_Open(Node("")))
        elif word == "(":
            stack.append(_Open(None))
        elif word in ("}", ")"):
            if len(stack) == 1 or (top.node is None) == (word == "}"):
                raise ValueError(f"unexpected {word} at {match.start()}")
            stack.pop()
            _put(stack[-1], top.items if top.node is None else top.node)
        elif top.node is None:
            _in_list(top, word)
        else:
            _in_node(top, top.node, word)
    if len(stack) != 1 or len(outermost.items) != 1:
        raise ValueError("a node tree that is not whole")
    return outermost.items[0]


def _in_list(top: _Open, word: str) -> None:
    if top.state == "start" and word in _NUMBERS:
        top.state = "inside"
        return
    _put(top, _plain(word))


def _in_node(top: _Open, node: Node, word: str) -> None:
    if top.state == "datum":
        # The bytes of a constant, "4 [ 1 0 0 0 ]", follow their length: only their end matters.
        top.state = "datum" if word != "]" else "inside"
    elif top.state == "start":
        node.tag, top.state = word, "inside"
    elif top.label is None and word == "[":
        top.state = "datum"
    elif top.label is None:
        top.label = word.removeprefix(":")
    else:
        _put(top, _plain(word))


def _put(top: _Open, value: Value) -> None:
    top.state = "inside"
    if top.node is None:
        top.items.append(value)
    elif top.label is None:
        raise ValueError("a value without a field's name")
    else:
        top.node.fields[top.label] = value
        top.label = None


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
