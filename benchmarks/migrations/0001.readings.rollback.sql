drop table pings;
drop table arrivals;
drop table readings;
