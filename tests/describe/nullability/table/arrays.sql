-- Elements of arrays.

select tags, labels, scores from users;
-- => ![?] ?[!] ![!]

select words from comments;
-- => ?[!]

select array[1, 2], array[1, null], array[id, id + 1], array[score] from posts;
-- => ![!] ![?] ![!] ![?]

select array[array[1], array[2]], array[array[id], array[score]] from posts;
-- => ![!] ![?]

select scores || 1, 1 || scores, scores || score, scores || scores, scores || null::int[]
from users, posts;
-- => ![!] ![!] ![?] ![!] ![!]

select array_agg(scores) from users where scores <> '{}' and scores = '{1}' group by mood;
-- => ![!]

select coalesce(labels, '{}'), coalesce(labels, array['x']), coalesce(labels, array[full_name])
from users;
-- => ![!] ![!] ![?]

select case when id > 1 then array[1] else scores end, case when id > 1 then array[id] end from users;
-- => ![!] ?[!]

select scores::bigint[], scores::text[], tags::varchar[] from users;
-- => ![!] ![!] ![?]

select scores[1:2], tags[1:1] from users;
-- => ![!] ![?]

select array(select id from users), array(select full_name from users),
array(select full_name from users where full_name is not null);
-- => ![!] ![?] ![!]

select coalesce(array_agg(id) filter (where id > 1), '{}') from posts;
-- => ![!]

select string_to_array('a,b', ','), string_to_array('a,b', ',', 'a'), regexp_split_to_array('a', 'b');
-- => ![!] ![?] ![!]

select (select array_agg(id) from posts), (select array_agg(score) from posts);
-- => ?[!] ?[?]

select unnest(array_agg(id)) from posts;
-- => !

insert into unwatched (id) values (9) returning array[id], array[a];
-- => ![!] ![?]

select labels from users where labels is not null;
-- => ![!]

select p.labels from users u left join users p on p.id = u.id + 1;
-- => ?[!]

select array_remove(scores, 1), array_append(scores, 2), array_prepend(null, scores) from users;
-- => ![!] ![!] ![?]

select '{1,2}'::int[], '{1,null}'::int[];
-- => ![!] ![?]
