"""What is a parameter, by PostgreSQL's lexical rules: a table of hard cases."""

from __future__ import annotations

import pytest

from sqlkit.errors import SqlFileError
from sqlkit.sqlfile import parse, read

# A text, what PostgreSQL gets of it, and the names of its parameters.
CASES = [
    # strings
    ("select ':a', :b", "select ':a', $1", "b"),
    ("select 'it''s :a', :b", "select 'it''s :a', $1", "b"),
    (r"select 'back\', :a", r"select 'back\', $1", "a"),
    (r"select E'it\'s :a', :b", r"select E'it\'s :a', $1", "b"),
    (r"select e'\\', :a", r"select e'\\', $1", "a"),
    (r"select e'\\\' :a', :b", r"select e'\\\' :a', $1", "b"),
    ("select E'a''b :a', :b", "select E'a''b :a', $1", "b"),
    ("select E'a'\n  'b\\' :a', :b", "select E'a'\n  'b\\' :a', $1", "b"),
    ("select E'a' -- :c\n  'b\\' :a', :b", "select E'a' -- :c\n  'b\\' :a', $1", "b"),
    ("select E'a' 'b\\' :a --'", "select E'a' 'b\\' $1 --'", "a"),
    ("select 'a'\n'b :a', :b", "select 'a'\n'b :a', $1", "b"),
    (r"select typE'\', :a", r"select typE'\', $1", "a"),
    (r"select éE'\', :a", r"select éE'\', $1", "a"),
    (r"select U&'\0061 :a', :b", r"select U&'\0061 :a', $1", "b"),
    (r"select u&'\', :a", r"select u&'\', $1", "a"),
    ("select N'x :a', :b", "select N'x :a', $1", "b"),
    ("select B'01', X'1F', :a", "select B'01', X'1F', $1", "a"),
    ("select 'a\n-- :b\n', :a", "select 'a\n-- :b\n', $1", "a"),
    ("select '/* :b', :a, '*/'", "select '/* :b', $1, '*/'", "a"),
    ("select :a'b'", "select $1'b'", "a"),
    ("select '', :a, ''''", "select '', $1, ''''", "a"),
    # quoted names
    ('select ":a", :b', 'select ":a", $1', "b"),
    ('select "x"":a", :b', 'select "x"":a", $1', "b"),
    ('select U&"\\0061:b", :a', 'select U&"\\0061:b", $1', "a"),
    ('select "it\'s", :a', 'select "it\'s", $1', "a"),
    # dollar quotes
    ("select $$ :a ' $$, :b", "select $$ :a ' $$, $1", "b"),
    ("select $x$ :a $$ $y$ $x$, :b", "select $x$ :a $$ $y$ $x$, $1", "b"),
    ("select $x$ $$x$, :b", "select $x$ $$x$, $1", "b"),
    ("select a$x$, :a, b$x$", "select a$x$, $1, b$x$", "a"),
    ("select é$x$, :a, b$x$", "select é$x$, $1, b$x$", "a"),
    ("select $é$ :a $é$, :b", "select $é$ :a $é$, $1", "b"),
    ("select 1$$ :a $$, :b", "select 1$$ :a $$, $1", "b"),
    ("select $_$ ; :a $_$, :b", "select $_$ ; :a $_$, $1", "b"),
    # comments
    ("select 1 -- :a 'b\n, :b", "select 1 -- :a 'b\n, $1", "b"),
    ("select 1 -- it's\r, :b", "select 1 -- it's\r, $1", "b"),
    ("select 1 -- it's\r\n, :b", "select 1 -- it's\r\n, $1", "b"),
    ("select 1 --- :a\n, :b", "select 1 --- :a\n, $1", "b"),
    ("select /* :a ' */ :b", "select /* :a ' */ $1", "b"),
    ("select /* /* :a */ ' :c */ :b", "select /* /* :a */ ' :c */ $1", "b"),
    ("select /*/ :a */ :b", "select /*/ :a */ $1", "b"),
    ("select /**/ :b /***/", "select /**/ $1 /***/", "b"),
    ("select 2 */* :a */ :b", "select 2 */* :a */ $1", "b"),
    ("select 2 +-- :a\n :b", "select 2 +-- :a\n $1", "b"),
    ("select /*+ SeqScan(t) */ :b", "select /*+ SeqScan(t) */ $1", "b"),
    ("select /* -- */ :b", "select /* -- */ $1", "b"),
    # colons
    ("select :a::int", "select $1::int", "a"),
    ("select :a ::text", "select $1 ::text", "a"),
    ("select x::int, '1'::text", "select x::int, '1'::text", ""),
    ("select f(a := :b)", "select f(a := $1)", "b"),
    ("select f(a :=:b)", "select f(a :=$1)", "b"),
    ("select f(a := 'b')", "select f(a := 'b')", ""),
    ("select f(a => :b)", "select f(a => $1)", "b"),
    ("select json_object('a' : :b)", "select json_object('a' : $1)", "b"),
    ("select 1 where x=:a", "select 1 where x=$1", "a"),
    ("select x-:a", "select x-$1", "a"),
    # slices
    ("select x[1:2]", "select x[1:2]", ""),
    ("select x[a:b]", "select x[a:b]", ""),
    ("select x[:n]", "select x[$1]", "n"),
    ("select x[ : n]", "select x[ : n]", ""),
    ("select x[ :n]", "select x[ $1]", "n"),
    ("select x[1:n]", "select x[1:n]", ""),
    ("select x[1 :n]", "select x[1 :n]", ""),
    ("select x[1: :n]", "select x[1: $1]", "n"),
    ("select x[:a : :b]", "select x[$1 : $2]", "a b"),
    ("select x[:a::int : :b::int]", "select x[$1::int : $2::int]", "a b"),
    ("select x[1 + :n]", "select x[1 + $1]", "n"),
    ("select x[f(1):n]", "select x[f(1):n]", ""),
    ("select x[y[1]:n]", "select x[y[1]:n]", ""),
    ("select x[(1):n]", "select x[(1):n]", ""),
    ("select x['1':'2']", "select x['1':'2']", ""),
    ("select x[0x1F:n]", "select x[0x1F:n]", ""),
    ("select x[1 /* c */:n]", "select x[1 /* c */:n]", ""),
    ('select x["a":n]', 'select x["a":n]', ""),
    ("select x[1:t.n]", "select x[1:t.n]", ""),
    ("select x[t.then:n]", "select x[t.then:n]", ""),
    ("select array[:a, :b]", "select array[$1, $2]", "a b"),
    ("select array[x and :a]", "select array[x and $1]", "a"),
    (
        "select array[case when :a then :b else :c end]",
        "select array[case when $1 then $2 else $3 end]",
        "a b c",
    ),
    ("select array[(select :a)]", "select array[(select $1)]", "a"),
    ("select x[1:2], :a", "select x[1:2], $1", "a"),
    # numbers and operators
    ("select 1..2, 1_000, 0x1F, 1e-3, :a", "select 1..2, 1_000, 0x1F, 1e-3, $1", "a"),
    ("select x @? :a", "select x @? $1", "a"),
    ("select x ?| :a, x ?& :b, x ? 'c'", "select x ?| $1, x ?& $2, x ? 'c'", "a b"),
    ("select 5 % :a, x like 'a%'", "select 5 % $1, x like 'a%'", "a"),
    ("select format('%s %%', :a)", "select format('%s %%', $1)", "a"),
    ("select x #>> :a, x @> :b, x <-> :c", "select x #>> $1, x @> $2, x <-> $3", "a b c"),
    ("select x -:a", "select x -$1", "a"),
    # names, numbering, ends
    ("select :a, :b, :a", "select $1, $2, $1", "a b"),
    ("select :größe, :_x, :a1", "select $1, $2, $3", "größe _x a1"),
    ("select größe, :a", "select größe, $1", "a"),
    ("select :a;", "select $1;", "a"),
    ("select :a,:b", "select $1,$2", "a b"),
    ("select (:a).b", "select ($1).b", "a"),
    ("select\r:a\rfrom t", "select\r$1\rfrom t", "a"),
    ("select\r\n\t:a\r\nfrom t", "select\r\n\t$1\r\nfrom t", "a"),
    ("select '\n-- name: b :one\n', :a", "select '\n-- name: b :one\n', $1", "a"),
    ("select /*\n-- name: b :one\n*/ :a", "select /*\n-- name: b :one\n*/ $1", "a"),
    ("select $$\n-- name: b :one\n$$, :a", "select $$\n-- name: b :one\n$$, $1", "a"),
]
TABLE = [(text, native, names.split()) for text, native, names in CASES]


@pytest.mark.parametrize(("text", "native", "names"), TABLE, ids=[row[0] for row in TABLE])
def test_only_what_is_a_parameter_is_replaced(text: str, native: str, names: list[str]) -> None:
    (query,) = parse(f"-- name: x\n{text}")
    assert (query.sql, list(query.parameters)) == (native, names)


def test_the_table_is_as_long_as_it_must_be() -> None:
    assert len(TABLE) >= 60


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    (query,) = parse("\ufeff-- name: x\nselect :a")
    assert (query.sql, query.line) == ("select $1", 1)


def test_a_carriage_return_alone_ends_a_header() -> None:
    one, two = parse("-- name: a :one\rselect 1\r-- name: b :many\rselect 2")
    assert (one.sql, two.sql, two.line) == ("select 1", "select 2", 3)


@pytest.mark.parametrize(
    ("text", "column", "what"),
    [
        ("select 'x", 8, "string"),
        ("select 'it''s", 8, "string"),
        (r"select E'x\'", 8, "string"),
        ("select U&'x", 8, "string"),
        ('select "x', 8, "quoted name"),
        ('select U&"x', 8, "quoted name"),
        ("select $$ x", 8, "dollar quote"),
        ("select $a$ $b$ $$", 8, "dollar quote"),
        ("select /* /* */ x", 8, "comment"),
        ("select E'a'\n'b\\'", 1, "string"),
    ],
)
def test_what_is_left_open_is_reported_where_it_opens(text: str, column: int, what: str) -> None:
    with pytest.raises(SqlFileError, match=f"this {what} is still open") as caught:
        parse(f"-- name: x\n{text}")
    assert caught.value.column == column


@pytest.mark.parametrize("text", ["select :'a'", 'select * from :"t"', "select x[:'a']"])
def test_psql_s_quoted_variables_are_refused_with_the_reason(text: str) -> None:
    with pytest.raises(SqlFileError, match="psql's way to quote a variable") as caught:
        parse(f"-- name: x\n{text}")
    assert caught.value.column == text.index(":") + 1


@pytest.mark.parametrize("text", ["select $1", "(select :a, $1)", "insert into t values ($2)"])
def test_a_numbered_parameter_is_refused(text: str) -> None:
    with pytest.raises(SqlFileError, match="have names here, not numbers"):
        parse(f"-- name: x\n{text}")


def test_a_function_s_own_numbered_argument_is_left_alone() -> None:
    text = "create function f(int) returns int return $1 + 1"
    assert parse(f"-- name: x :exec\n{text}")[0].sql == text


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [("class", ":class_"), ("None", ":None_"), ("a$b", ":a_b"), ("__x__", ":x"), ("ﬁ", ":fi")],
)
def test_a_parameter_that_python_can_t_name_is_refused(name: str, suggestion: str) -> None:
    with pytest.raises(SqlFileError, match="no argument can have this name") as caught:
        parse(f"-- name: x\nselect :{name}")
    assert caught.value.hint == f"did you mean {suggestion}?"
    assert (caught.value.line, caught.value.column) == (2, 8)
    assert caught.value.width == len(name) + 1


def test_an_attribute_of_a_parameter_is_refused() -> None:
    with pytest.raises(SqlFileError, match="can't reach the attributes") as caught:
        parse("-- name: x\nselect :user.name")
    assert (caught.value.column, caught.value.width) == (8, 5)


def test_a_nul_character_is_refused_and_the_query_with_it_alone() -> None:
    parsed = read("-- name: x\nselect '\0'\n-- name: y\nselect :a")
    assert [query.name for query in parsed.queries] == ["y"]
    (error,) = parsed.errors
    assert (error.line, error.column) == (2, 9)
    assert "NUL" in error.message
