-- name: list :many
select 1 as int, 'a' as str, now() as datetime, '{1}'::int[] as list, true as bool, '{}'::jsonb as "Json", null::date as date, 1.5::numeric as "Decimal", 1::float8 as float, ''::bytea as bytes, 2 as self, 3 as cls, 4 as "Row", 5 as "_Row", 6 as "_datetime", 7 as type, 8 as object, 9 as "match", 'x'::text as "None_", 1 as annotations, 2 as "Literal", 3 as name, 4 as "_int";

-- name: int :one
select 1 as id, 'a'::text as "Query", null::uuid as uuid where :str = 'a' and :list::int = 1 and 'a' = :_Query and :self::int = 1;

-- name: datetime :maybe
select now() as a, 1 as b from generate_series(1, :datetime::int) where now() > :list and :_Statement = 'x' and :_DATETIME = 'y';

-- name: dict :many
select 1 as x, array['a'] as tuple where :annotations::int = 1;

-- name: str :exec
select :str::text;

-- name: Row_ :one
select 1 as a, now() as b;

-- name: DATETIME :one
select 1 as a, now() as datetime;

-- name: print :many
select 1::int4, 'x'::text as "y";

-- name: rows :copy
select 'x'::name as "_Line", 1 as b;

-- name: super :maybe
-- @row Other
select true as bool;

-- name: property :affected
-- @deprecated "quoted" and it's \ odd
-- A docstring with """ quotes \ and "end"
select 1 as dict --? word = a
select 2 as dict --? word = b (default)
where :word2::text = 'a' --? word2
;
-- name: len :many
-- Ends with a quote: "x"
select '''"' || E'\x01' || 'ü\' || 'tab	tab' as "ünïcode"
     , $$ '" $$ as b;
