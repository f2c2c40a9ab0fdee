-- Window functions.

select row_number() over (), rank() over (order by score), dense_rank() over (order by id),
percent_rank() over (order by id), cume_dist() over (order by id), ntile(2) over (order by id)
from posts;
-- => ! ! ! ! ! !

select lag(id) over (order by id), lead(id) over (order by id), lag(id, 1, 0) over (order by id),
lag(score, 1, 0) over (order by id), lead(id, 1, score) over (order by id) from posts;
-- => ? ? ! ? ?

select first_value(id) over (order by id), last_value(id) over (order by id),
nth_value(id, 2) over (order by id), first_value(score) over (order by id) from posts;
-- => ! ! ? ?

select sum(visits) over (partition by user_id), sum(score) over (), count(*) over (),
avg(price) over (order by id), max(title) over w, array_agg(id) over w from posts
window w as (order by id rows between unbounded preceding and current row);
-- => ! ? ! ! ! ![!]

-- A frame may be empty.
select sum(visits) over (order by id rows between 2 preceding and 1 preceding),
first_value(id) over (order by id rows between 1 following and 2 following),
count(*) over (order by id rows between 2 preceding and 1 preceding) from posts;
-- => ? ? !

select sum(visits) over (order by id rows between 1 preceding and 1 following),
sum(visits) over (order by id range between unbounded preceding and unbounded following),
sum(visits) over (order by id groups between current row and 1 following) from posts;
-- => ! ! !

select sum(visits) over (order by id rows between 1 preceding and current row exclude current row),
sum(visits) over (order by id groups between 1 preceding and current row exclude group),
sum(visits) over (order by id rows between 1 preceding and current row exclude ties) from posts;
-- => ? ? !

select sum(visits) filter (where id > 1) over (order by id),
count(*) filter (where id > 1) over () from posts;
-- => ? !

select user_id, sum(count(*)) over (), rank() over (order by sum(visits)),
sum(max(score)) over () from posts group by user_id;
-- => ! ! ! ?

select id, place from (select id, rank() over (order by price) as place from posts) t
where place < 3;
-- => ! !

select stddev(visits) over () from posts;
-- => ?
