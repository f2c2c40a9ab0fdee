-- Conditions in WHERE, ON and HAVING that prove a column not null.

select full_name from users where full_name is not null;
-- => !

select full_name, other_mood from users where full_name = 'Ada';
-- => ! ?

select full_name from users where full_name is null;
-- => ?

select full_name, born from users where lower(full_name) = 'ada' and born < now();
-- => ! !

select full_name, born from users where full_name = 'Ada' or born is not null;
-- => ? ?

select full_name, born from users where full_name = 'Ada' or full_name > 'B' and born is null;
-- => ! ?

select full_name from users where not (full_name is null or born is null);
-- => !

select full_name from users where not (full_name is null and born is null);
-- => ?

select full_name from users where not (full_name = 'Ada');
-- => !

select full_name from users where full_name in ('Ada', 'Cy');
-- => !

select full_name from users where full_name not in ('Ada', 'X');
-- => !

select full_name from users where full_name = any (array['Ada']);
-- => !

-- Over an empty array ALL is true, whatever its left side.
select full_name from users where full_name <> all ('{}'::text[]);
-- => ?

select full_name from users where full_name in (select full_name from users);
-- => !

-- NOT IN of no rows is true.
select full_name from users where full_name not in (select name from nothing);
-- => ?

select full_name from users where full_name like 'A%';
-- => !

select full_name from users where full_name between 'A' and 'Z';
-- => !

select full_name from users where coalesce(full_name, '') = '';
-- => ?

select full_name, email from users where coalesce(full_name, nick) is not null;
-- => ? !

select full_name from users where full_name is distinct from 'Ada';
-- => ?

select full_name from users where full_name is not distinct from 'Ada';
-- => !

select full_name from users where full_name is distinct from null;
-- => !

select score from posts where (score > 1) is true;
-- => !

select score from posts where (score > 1) is not true;
-- => ?

select score from posts where (score > 1) is not unknown;
-- => !

select score from posts where (score > 9) is false;
-- => !

select score, body from posts where case when score > 1 then true else body is null end;
-- => ? ?

-- A value that is no column, too.
select name_length + 1, lower(full_name) from users where name_length + 1 > 0
and lower(full_name) is not null;
-- => ! !

select settings ->> 'a' from users where settings ->> 'a' is not null;
-- => !

select settings ->> 'a' from users where settings ->> 'b' is not null;
-- => ?

-- Not one that may be another next time.
select nullif(random() > 0.5, true) from users where nullif(random() > 0.5, true) is not null;
-- => ?

select nullif(score, 5), score from posts where nullif(score, 5) > 0;
-- => ! !

-- A condition on the null side makes an outer join an inner one.
select u.id, p.id, p.body from users u left join posts p on p.user_id = u.id where p.visits = 0;
-- => ! ! ?

select u.id, p.id from users u left join posts p on p.user_id = u.id where p.id is not null;
-- => ! !

select u.id, p.id from users u left join posts p on p.user_id = u.id where p.id is null;
-- => ! ?

select u.id, p.id from users u left join posts p on p.user_id = u.id where p.id is null or p.id > 1;
-- => ! ?

select u.id, p.id from users u full join posts p on p.editor_id = u.id where u.mood = 'ok';
-- => ! ?

select u.id, p.id from users u full join posts p on p.editor_id = u.id
where u.full_name > '' and p.body is not null;
-- => ! !

select u.id, p.id, c.id from users u left join posts p on p.user_id = u.id
left join comments c on c.post_id = p.id where c.said > '';
-- => ! ! !

select u.id, p.id, c.id from users u left join (posts p left join comments c on c.post_id = p.id)
on p.user_id = u.id where c.id = 1;
-- => ! ! !

-- A condition of ON holds for the rows that it joins only.
select u.full_name, p.body from users u left join posts p
on p.user_id = u.id and u.full_name = 'Ada' and p.body > '';
-- => ? ?

select u.full_name, p.body from users u join posts p
on p.user_id = u.id and u.full_name = 'Ada' and p.body > '';
-- => ! !

select p.id, p.body from users u left join posts p on p.user_id = u.id and p.body is not null
where p.id > 0;
-- => ! !

select editor_id from posts p join users u on u.id = p.editor_id;
-- => !

select editor_id from posts p left join users u on u.id = p.editor_id;
-- => ?

select id from users full join posts using (id) where id > 1;
-- => !

select u.id, p.id from users u full join posts p using (id) where id > 1;
-- => ? ?

select p.title from users u left join posts p on p.user_id = u.id where p is not null;
-- => !

select t.full_name from (select full_name from users) t where t.full_name <> '';
-- => !

select a.full_name from users a where exists (select from posts p where p.title = a.full_name);
-- => ?

select max(score) from posts having max(score) is not null;
-- => !

select max(score) from posts having count(*) > 0;
-- => ?

select score from posts group by score having score > 1;
-- => !

select (select u.full_name) from users u where u.full_name is not null;
-- => !

select score from posts where (score, visits) = (5, 0);
-- => !

select score from posts where score::text = '5';
-- => !

select body from posts where body ~ 'x' is not null;
-- => !
