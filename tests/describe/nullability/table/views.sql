-- Views and views of views.

select id, full_name, email, mood from named_users;
-- => ! ! ! !

select id, full_name, post_id, title, visits from user_posts;
-- => ! ? ? ? !

select id, posts, last_title, visits from busy_users;
-- => ! ! ? !

select id, title, visits from shown_posts;
-- => ! ! !

select id, kind from all_ids;
-- => ! ?

select v.id, v.full_name from users u left join named_users v on v.id = u.id;
-- => ? ?

select post_id from user_posts where title is not null;
-- => ?

select n.id, n.full_name from named_users n join named_users m on m.id > n.id;
-- => ! !

select id, title from replaced;
-- => ! !

-- What is stored is as old as the last refresh, and so are its constraints; what it counts is not.
select user_id, posts, top from post_counts;
-- => ? ! ?

select named_users from named_users;
-- => !
