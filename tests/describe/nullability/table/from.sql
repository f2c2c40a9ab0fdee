-- Functions in FROM and in the select list.

select g from generate_series(1, 3) g;
-- => !

select g.n, g.i from generate_series(1, 3) with ordinality as g (n, i);
-- => ! !

select d from generate_series('2020-01-01'::timestamptz, '2020-01-03', '1 day') d;
-- => !

select t from unnest(array[1, 2]) t;
-- => !

select t from unnest(array[1, null]) t;
-- => ?

select u.id, t.tag, t.i from users u, unnest(u.tags) with ordinality t (tag, i);
-- => ! ? !

select u.id, t.s, t.i from users u, unnest(u.scores) with ordinality t (s, i);
-- => ! ! !

select u.id, l from users u, unnest(u.labels) l;
-- => ! !

select a, b from unnest(array[1, 2], array['a']) t (a, b);
-- => ? ?

select a, b, i from rows from (generate_series(1, 2), generate_series(1, 3)) with ordinality
as t (a, b, i);
-- => ? ? !

select t.id, t.tag from (select id, unnest(scores) as tag from users) t;
-- => ! !

select unnest(tags) from users;
-- => ?

-- Of two at once the shorter one ends in NULLs.
select generate_series(1, 2), generate_series(1, 3), id from users;
-- => ? ? !

select id, generate_series(1, 2) from users;
-- => ! !

select e.key, e.value from users, jsonb_each(settings) e;
-- => ! !

select e.key, e.value from users, jsonb_each_text(settings) e;
-- => ! ?

select e from jsonb_array_elements('[1, null]') e;
-- => !

select e from jsonb_array_elements_text('[1, null]') e;
-- => ?

select k from users, jsonb_object_keys(settings) k;
-- => !

select r.a, r.b from jsonb_to_recordset('[{"a": 1}]') as r (a int, b text);
-- => ? ?

select p.a, p.b from jsonb_populate_record(null::pair, '{"a": 1}') p;
-- => ? ?

select x from lower('A') x;
-- => !

select x from lower(null) x;
-- => ?

select w from regexp_split_to_table('a b', ' ') w;
-- => !

select w from string_to_table('a b', ' ') w;
-- => !

select m from regexp_matches('ab', '(a)|(c)') m;
-- => ![?]

select d from current_date d;
-- => !

select x.id, x.a from xmltable('/r/x' passing '<r><x id="1"/></r>' columns n for ordinality,
id int path '@id' not null, a text path '@a') x;
-- => ! ?

select x.n from xmltable('/r/x' passing '<r><x/></r>' columns n for ordinality) x;
-- => !

select s from generate_subscripts(array[1, 2], 1) s;
-- => !

select n.id, g from nothing n right join generate_series(1, 2) g on g = n.id;
-- => ? !

select id, t.* from users left join lateral unnest(scores) with ordinality as t (s, i) on true;
-- => ! ? ?

select t.id from users u, lateral (values (u.id), (1)) t (id);
-- => !

select a.p, a.q, a.i from unnest(array[(1, null)::pair]) with ordinality as a (p, q, i);
-- => ? ? !
