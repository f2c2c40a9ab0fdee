-- RETURNING, MERGE and ON CONFLICT.

insert into unwatched (id, a, b) values (9, null, null) returning id, a, b, c;
-- => ! ? ? !

-- Just set to what is not null, and nothing comes between.
insert into unwatched (id, a, b) values (9, 1, 'x') returning a, b, a + 1;
-- => ! ! !

insert into unwatched (id, a) values (9, 1), (8, null) returning id, a, b;
-- => ! ? ?

insert into unwatched (id, a) values (9, 1), (8, 2) returning id, a;
-- => ! !

insert into unwatched (id, a, b) select id + 10, id, full_name from users returning id, a, b;
-- => ! ! ?

-- A trigger comes between.
insert into watched (id, a, b) values (9, 1, 'x') returning id, a, c;
-- => ! ? !

update watched set a = 1 where a is not null returning id, a;
-- => ! ?

update unwatched set b = 'x' where a is not null returning id, a, b, c;
-- => ! ! ! !

update unwatched set a = null where a is not null returning id, a, b, c;
-- => ! ? ? !

update users set full_name = null where name_length > 0 returning name_length, full_name, mood;
-- => ? ? !

update unwatched u set b = p.body from posts p where p.id = u.id returning u.id, p.id, u.b, p.body;
-- => ! ! ? ?

update unwatched u set b = p.title from posts p where p.id = u.id and p.body > ''
returning u.b, p.body;
-- => ! !

update unwatched u set a = 1 from posts p left join comments c on c.post_id = p.id + 1
where p.id = u.id returning u.id, p.id, c.id;
-- => ! ! ?

delete from comments returning id, post_id, said;
-- => ! ? !

delete from comments where post_id is not null returning post_id, words;
-- => ! ?[!]

delete from comments c using posts p where p.id = c.post_id returning c.post_id, p.title, p.body;
-- => ! ! ?

insert into unwatched (id, a) values (1, 5) on conflict do nothing returning id, a;
-- => ! !

insert into unwatched (id, a) values (1, 5) on conflict (id) do update set b = 'x'
returning id, a, b;
-- => ! ? ?

insert into unwatched (id, a) values (2, 5) on conflict (id) do update set b = 'x'
returning id, a, b, c;
-- => ! ? ? !

insert into unwatched (id, a) values (2, 5) on conflict (id) do update set a = excluded.a
returning id, a;
-- => ! !

insert into unwatched (id, a) values (2, 5) on conflict (id) do update set a = 7 returning id, a;
-- => ! !

insert into named_users (email, full_name) values ('z@x', 'Zed') returning id, email, full_name;
-- => ! ! !

-- A row may leave the view.
update named_users set full_name = null returning id, full_name, mood;
-- => ! ? !

insert into replaced (id, title) values (99, 'x') returning id, title;
-- => ? ?

update replaced set title = 'x' returning id, title;
-- => ? ?

insert into parts values (5, '2010-01-01', 'x') returning id, at;
-- => ! !

update parents set note = 'x' returning id, name;
-- => ? ?

update only parents set note = 'x' returning id, name;
-- => ! !

insert into unwatched (id) values (9) returning *, (select max(id) from users), now();
-- => ! ? ? ! ? !

delete from unwatched returning unwatched, (select count(*) from users);
-- => ! !

-- since 17
merge into unwatched u using (values (1, 'x'), (9, null)) as v (id, b) on v.id = u.id
when matched then update set b = v.b when not matched then insert (id, b) values (v.id, v.b)
returning merge_action(), u.id, u.a, u.c, v.id, v.b;
-- => ! ! ? ! ! ?

-- since 17
merge into unwatched u using (values (1, 'x'), (9, null)) as v (id, b) on v.id = u.id
when matched then update set b = v.b when not matched by source then delete
returning merge_action(), u.id, v.id;
-- => ! ! ?

-- since 18
insert into unwatched (id) values (9) returning old.id, new.id, old.c, new.c, old, new;
-- => ? ! ? ! ? !

-- since 18
update unwatched set a = null where a is not null returning old.a, new.a, old.id, new.id;
-- => ! ? ! !

-- since 18
delete from unwatched returning old.id, new.id, id, new;
-- => ! ? ! ?

-- since 18
insert into unwatched (id) values (1) on conflict (id) do update set b = 'x' returning old.id, new.id;
-- => ? !

-- since 18
merge into unwatched u using (values (1, 'x'), (9, null)) as v (id, b) on v.id = u.id
when matched then delete when not matched then insert (id, b) values (v.id, v.b)
returning old.id, new.id, u.id, v.id;
-- => ? ? ! !
