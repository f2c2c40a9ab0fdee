drop table users;
drop type postal_address;
drop domain email_address;
