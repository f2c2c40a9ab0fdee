-- Functions: strict is not enough.

select lower(email), upper(full_name), length(email), char_length(full_name), md5(email),
initcap(email), reverse(email), left(email, 2), replace(email, '@', ''), split_part(email, '@', 1)
from users;
-- => ! ? ! ? ! ! ! ! ! !

select concat(full_name, null), concat_ws(',', full_name), concat_ws(full_name, 'a'),
format('%s', full_name), format(full_name) from users;
-- => ! ! ? ! ?

select round(price), trunc(price, 1), ceil(price), floor(price), abs(price), sign(price),
mod(visits, 2), power(price, 2), round(score::numeric, 1) from posts;
-- => ! ! ! ! ! ! ! ! ?

-- Strict functions of what is never null, which give NULL.
select array_length(tags, 1), array_upper(tags, 1), cardinality(tags), array_position(scores, 1)
from users;
-- => ? ? ! ?

select substring(email from 'x'), (regexp_match(email, 'x'))[1], regexp_match(email, 'x'),
regexp_replace(email, 'a', 'b'), regexp_count(email, 'a') from users;
-- => ? ? ?[?] ! !

select settings -> 'a', settings ->> 'a', settings #> '{a}', settings #>> '{a}',
settings -> 'a' -> 'b' from users;
-- => ? ? ? ? ?

select settings || '{}', settings - 'a', settings ? 'a', settings @> '{}', jsonb_typeof(settings),
jsonb_set(settings, '{a}', '1'), jsonb_pretty(settings), settings::text from users;
-- => ! ! ! ! ! ! ! !

select jsonb_build_object('a', full_name), json_build_array(full_name), to_jsonb(email),
to_jsonb(full_name), row_to_json(users), jsonb_strip_nulls(settings), '{}'::json -> 'a' from users;
-- => ! ! ! ? ! ! ?

-- Lower and upper of a range are not those of a text.
select lower(shown), upper(shown), isempty(shown), lower_inc(shown), now() <@ shown,
shown && shown, tstzrange(null, now()), int4range(1, null) from posts;
-- => ? ? ! ! ! ! ! !

select to_char(seen, 'YYYY'), to_char(seen, ''), to_date('2000', 'YYYY'), make_date(2000, 1, 1)
from users;
-- => ? ? ? !

select to_timestamp(1), date_part('hour', seen), extract(month from born) from users;
-- => ! ? ?

select tags || 'x'::text, tags || labels, array_append(labels, 'x'), array_remove(tags, 'x'),
array_cat(labels, null) from users;
-- => ![?] ![?] ![!] ![?] ?[!]

select string_to_array(email, '@'), string_to_array(full_name, ','), array_to_string(tags, ','),
array_to_string(labels, ',') from users;
-- => ![!] ?[!] ! ?

select tags[1], scores[1], (array[1, 2])[1], tags[1:2] from users;
-- => ? ? ? ![?]

select greatest(length(email), 1), coalesce(nullif(email, ''), 'x'), lower(coalesce(full_name, ''))
from users;
-- => ! ! !

select obj_description(1), pg_get_viewdef('named_users'::regclass), to_regclass('x'),
current_setting('x.y', true), pg_typeof(full_name), pg_size_pretty(1::bigint) from users;
-- => ? ? ? ? ! !

select inet_client_addr(), host('127.0.0.1'::inet), family('::1'::inet);
-- => ? ! !

select encode(sha256('a'), 'hex'), decode('00', 'hex'), gen_random_uuid()::text, chr(65), ascii('a');
-- => ! ! ! ! !

select nextval('users_id_seq'), pg_get_serial_sequence('posts', 'title');
-- => ! ?

select min_scale(price), scale(price), price % 2, div(price, 2), sqrt(abs(price)) from posts;
-- => ? ? ! ! !

select num_nulls(full_name), num_nonnulls(full_name, email) from users;
-- => ! !

select to_tsvector('simple', email), plainto_tsquery('simple', 'a'),
to_tsvector('simple', email) @@ plainto_tsquery('simple', 'a'),
ts_rank(to_tsvector('simple', email), plainto_tsquery('simple', 'a')),
to_tsvector('simple', full_name) from users;
-- => ! ! ! ! ?

select starts_with(email, 'a'), email like 'a%', email ilike 'a%', email ~ 'a', email similar to 'a',
full_name like 'a%', email like full_name from users;
-- => ! ! ! ! ! ? ?

select greatest(null, null), coalesce(null, null), concat(null), jsonb_build_object();
-- => ? ? ! !
