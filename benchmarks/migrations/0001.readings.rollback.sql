drop table arrivals;
drop table readings;
