-- What SQL says of JSON in words of its own (PostgreSQL manual, "JSON Functions and Operators").

-- since 16
select json_object('a': full_name, 'b': 1), json_object(), json_object('a': born absent on null returning text) from users;
-- => ! ! !

-- since 16
select json_object('k': address returning jsonb), json_object(array['a', null]) from users;
-- => ! !

-- since 16
select json_array(full_name, 1), json_array(), json_array(full_name null on null returning bytea) from users;
-- => ! ! !

-- since 16
select json_array(select id from posts where false), json_array(select full_name from users);
-- => ? ?

-- since 16
select user_id, json_objectagg(title: score), json_arrayagg(score), json_arrayagg(id order by id returning text) from posts group by user_id;
-- => ! ! ! !

-- since 16
select json_objectagg(title: score), json_arrayagg(score) from posts;
-- => ? ?

-- since 16
select user_id, json_arrayagg(score) filter (where score > 2) from posts group by user_id;
-- => ! ?

-- since 16
select json_arrayagg(score) over (partition by user_id) from posts;
-- => !

-- since 16
select settings::text is json, full_name is json object from users;
-- => ! ?

-- since 17
select json(email), json_scalar(email), json_serialize(settings), json_serialize(settings returning bytea) from users where email is json;
-- => ! ! ! !

-- since 17
select json_scalar(full_name), json_serialize(case when id > 1 then settings end), json_scalar(null::int) from users;
-- => ? ? ?

-- since 17
select json_exists(settings, '$.a'), json_exists(settings, 'strict $.a' true on error), json_exists(settings, 'strict $.a' unknown on error) from users;
-- => ! ! ?

-- since 17
select json_exists(case when id > 1 then settings end, '$.a'), json_value(settings, '$.a'), json_query(settings, '$.a') from users;
-- => ? ? ?

-- since 17
select json_exists(settings, '$ ? (@ == $x)' passing full_name as x) from users;
-- => !

-- since 17
select t.n, t.a, t.there, t.sure from json_table(jsonb '[{"a": 1}, {"a": null}]', '$[*]' columns (
n for ordinality, a int path '$.a', there boolean exists path '$.a', sure int path '$.a' default 1 on empty default 1 on error)) as t;
-- => ! ? ! ?

-- since 17
select t.n, t.m, t.x, t.there from json_table(jsonb '[{"b": [1]}, {}]', '$[*]' columns (
n for ordinality, nested path '$.b[*]' columns (m for ordinality, x boolean exists path '$'), there boolean exists path '$.b')) as t;
-- => ! ? ? !

-- since 17
select t.there, t.number from json_table(jsonb '[1]', '$[*]' columns (
there boolean exists path 'strict $.a' unknown on error, number int exists path '$.a')) as t;
-- => ? !

-- since 17
select u.id, t.n from users as u left join json_table(u.settings, '$[*]' columns (n for ordinality, a int path '$.a')) as t on t.a = 1;
-- => ! ?
