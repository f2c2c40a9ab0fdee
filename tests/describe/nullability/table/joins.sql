-- Joins of every shape: who loses a row's partner is null.

select u.id, p.id from users u join posts p on p.user_id = u.id;
-- => ! !

select u.id, p.id from users u, posts p;
-- => ! !

select u.id, p.id from users u cross join posts p;
-- => ! !

select u.id, p.id, p.body from users u left join posts p on p.user_id = u.id;
-- => ! ? ?

select u.id, c.id from users u right join comments c on c.author_id = u.id;
-- => ? !

select u.id, c.id from users u full join comments c on c.author_id = u.id;
-- => ? ?

select a.id, b.id, c.id from users a left join (posts b join comments c on c.post_id = b.id)
on b.user_id = a.id;
-- => ! ? ?

select a.id, b.id, c.id from users a left join posts b on b.user_id = a.id
left join comments c on c.post_id = b.id;
-- => ! ? ?

-- The inner join needs b's row, so the left join before it loses nothing.
select a.id, b.id, c.id from users a left join posts b on b.user_id = a.id
join comments c on c.post_id = b.id;
-- => ! ! !

-- A condition that says nothing of b leaves it null.
select a.id, b.id, c.id from users a left join posts b on b.user_id = a.id
join comments c on c.author_id = a.id;
-- => ! ? !

select a.id, b.id, c.id from users a right join posts b on b.user_id = a.id and a.id > 1
left join comments c on c.post_id = a.id;
-- => ? ! ?

select a.id, b.id, c.id from users a full join posts b on b.editor_id = a.id
left join comments c on c.post_id = b.id;
-- => ? ? ?

select a.id, b.id from (users a cross join nothing n) right join posts b on b.user_id = a.id;
-- => ? !

select a.id, b.id, c.id from users a left join (posts b left join comments c on c.post_id = b.id)
on b.user_id = a.id and c.id > 0;
-- => ! ? ?

-- Merged columns.
select id from users join posts using (id);
-- => !

select id, full_name, title from users left join posts using (id);
-- => ! ? ?

select id, full_name, title from users right join posts using (id);
-- => ! ? !

select id, users.id, posts.id from users full join posts using (id);
-- => ! ? ?

-- Types differ: the merged column is a cast.
select id, c.said from posts left join comments c using (id);
-- => ! ?

select id, c.said from posts full join comments c using (id);
-- => ! ?

select id from users full join posts using (id) full join comments using (id);
-- => !

select id from comments c right join (users full join posts using (id)) using (id);
-- => !

select x.id from nothing n left join (users full join posts using (id)) x on true;
-- => ?

select n.id, x.id from users n left join (users full join posts using (id)) x on x.id = n.id + 2;
-- => ! ?

-- The merged column of a column that may be null itself.
select post_id from (select post_id from comments) a full join (select id as post_id from posts) b
using (post_id);
-- => ?

select id, name, note from only parents natural join nothing;
-- => ! ! !

select id from users natural left join posts;
-- => !

select j.id, j.title from (users join posts using (id)) as j;
-- => ! !

select j.full_name, j.title from (users left join posts using (id)) as j;
-- => ? ?

select x.id, p.title from (users join posts as p using (id) as x);
-- => ! !

-- Lateral.
select u.id, l.title from users u, lateral (select title from posts where user_id = u.id) l;
-- => ! !

select u.id, l.title, l.uid from users u
left join lateral (select p.title, u.id as uid from posts p where p.user_id = u.id) l on true;
-- => ! ? ?

select u.id, l.t from users u left join posts p on p.user_id = u.id,
lateral (select p.title as t) l;
-- => ! ?

select u.id, l.t from users u
left join (posts p join lateral (select p.title as t) l on true) on p.user_id = u.id;
-- => ! ?

select u.id, l.n from users u cross join lateral (select count(*) as n from posts
where user_id = u.id) l;
-- => ! !

select u.id, l.top from users u cross join lateral (select max(price) as top from posts
where user_id = u.id) l;
-- => ! ?

select u.id, t.tag from users u left join lateral unnest(u.labels) as t (tag) on true;
-- => ! ?

select u.id, t.tag from users u cross join unnest(u.labels) as t (tag);
-- => ! !

select a.id, b.id from users a left join users b on b.id = a.id and b.full_name is not null
and b.full_name > 'B';
-- => ! ?
