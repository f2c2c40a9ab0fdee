from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlkit.describe.function import Function
from sqlkit.describe.nullability import World, prove
from sqlkit.describe.parameters import nullable_parameters
from sqlkit.describe.relation import Attribute, Relation
from sqlkit.describe.tree import Node, Value, read, read_query, walk

RECORDED = json.loads((Path(__file__).parent / "trees.json").read_text())

_words = st.text(min_size=1).filter(lambda text: "\0" not in text)
_tags = st.from_regex(r"[A-Z]{1,9}", fullmatch=True)
_labels = st.from_regex(r"[a-z]{1,9}", fullmatch=True)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    nodes = st.builds(Node, _tags, st.dictionaries(_labels, inner, max_size=4))
    return nodes | st.lists(nodes | st.lists(nodes, max_size=2), max_size=3)


values = st.recursive(st.none() | _words, _nested, max_leaves=12)


def token(text: str) -> str:
    """As PostgreSQL's outToken writes it."""
    special = " \n\t(){}\\"
    written = "".join(f"\\{c}" if c in special else c for c in text)
    starts = text[0] in '<"' or text[0].isdigit() or (text[0] in "+-" and text[1:2].isdigit())
    return f"\\{written}" if starts else written


def write(value: Value) -> str:
    """As PostgreSQL prints a tree."""
    match value:
        case None:
            return "<>"
        case str():
            return token(value)
        case Node():
            fields = "".join(f" :{name} {write(one)}" for name, one in value.fields.items())
            return f"{{{value.tag}{fields}}}"
        case _:
            return f"({' '.join(map(write, value))})"


@given(values)
def test_what_is_printed_is_read_back(value: Value) -> None:
    assert read(write(value)) == value


@given(st.text(alphabet='{}()[]:<>"\\ ab01', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except ValueError:
        return


@pytest.mark.parametrize("text", ["", "{", "(", "}", ")", "{A (}", "(}", "{A :b", "a b", "{A ()}"])
def test_a_tree_that_is_not_whole_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"whole|unexpected|a value without"):
        read(text)


def test_strings_lists_of_numbers_and_the_bytes_of_constants_are_told_apart() -> None:
    tree = read(
        r'{C :names ("a" "b\ c" "") :oids (o 23 25) :set (b 8) :none (b)'
        r" :value 4 [ 1 0 0 0 ] :null <> :after x :quoted \<> :first i}"
    )
    assert isinstance(tree, Node)
    assert tree.fields == {
        "names": ["a", "b c", ""],
        "oids": ["23", "25"],
        "set": ["8"],
        "none": [],
        "value": "4",
        "null": None,
        "after": "x",
        "quoted": "<>",
        "first": "i",
    }


def test_depth_is_no_recursion() -> None:
    depth = 100_000
    tree = read("{A :b " * depth + "<>" + "}" * depth)
    assert sum(1 for _ in walk(tree)) == depth


def test_an_absent_field_reads_like_an_empty_one() -> None:
    node = Node("X")
    assert (node.text("a"), node.number("a"), node.flag("a")) == ("", 0, False)
    assert (node.node("a"), node.items("a"), node.nodes("a")) == (None, [], [])


def _users(oid: int) -> dict[int, Relation]:
    attributes = {
        1: Attribute("id", 20, not_null=True, accepts_null=False),
        2: Attribute("full_name", 25, not_null=False, accepts_null=True),
    }
    return {oid: Relation("public", "users", "r", False, False, False, attributes)}


@pytest.mark.parametrize("version", ["15", "16", "18"])
@pytest.mark.parametrize("number", range(len(RECORDED["queries"])))
def test_recorded_trees_of_every_version_say_the_same(version: str, number: int) -> None:
    recorded: dict[str, Any] = RECORDED["versions"][version]
    tree = read_query(recorded["trees"][number])
    assert tree is not None
    assert tree.nodes == list(walk(read(recorded["trees"][number])))
    said = RECORDED["queries"][number]
    relations = _users(recorded["users"])
    world = World(
        relations, {int(oid): Function(*row) for oid, row in RECORDED["functions"].items()}
    )
    assert [proof.not_null for proof in prove(tree.query, world)] == said["not_null"]
    assert sorted(nullable_parameters(tree, relations)) == said["nullable_parameters"]
