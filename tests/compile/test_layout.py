from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from sqlkit.compile.layout import Group, annotated, docstring, quoted, render, tuple_

text = st.text(st.characters(codec="utf-8"))


@given(text | st.text(alphabet="'\"\\\n\tab"))
def test_a_literal_is_the_text(value: str) -> None:
    assert ast.literal_eval(quoted(value)) == value


@given(text | st.text(alphabet="'\"\\\n\tab "))
def test_a_docstring_is_the_text_but_for_space(value: str) -> None:
    module = ast.parse(docstring(value))
    said = ast.get_docstring(module)
    if value.isprintable():
        assert (said or "") == value.strip()


def test_a_group_that_fits_stands_on_one_line() -> None:
    assert render(Group("f(", ("a", tuple_("b")))) == "f(a, (b,))"


def test_a_group_that_does_not_fit_has_a_line_for_each_part() -> None:
    long = "x" * 90
    assert render(Group("f(", ("a", Group("g(", (long, "b"))))) == (
        f"f(\n    a,\n    g(\n        {long},\n        b,\n    ),\n)"
    )


def test_a_long_annotation_breaks_at_its_brackets() -> None:
    long = "x" * 80
    assert render(annotated("a", f"Iterable[tuple[int, {long}]]"), tail=",") == (
        f"a: Iterable[\n    tuple[int, {long}]\n],"
    )
    long = "x" * 86
    assert render(annotated("a", f"Iterable[tuple[int, str, {long}]]")) == (
        f"a: Iterable[\n    tuple[\n        int,\n        str,\n        {long},\n    ]\n]"
    )


def test_what_stands_in_quotes_is_not_taken_for_brackets() -> None:
    words = f'"],", "{"x" * 80}"'
    assert render(annotated("a", f"Literal[{words}]", ' = "],"')) == (
        f'a: Literal[\n    {words}\n] = "],"'
    )


def test_an_annotation_is_whole_on_one_line_if_it_fits() -> None:
    assert render(annotated("a", "list[int] | list[str]", " = None")) == (
        "a: list[int] | list[str] = None"
    )
