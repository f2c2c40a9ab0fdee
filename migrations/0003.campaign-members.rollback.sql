drop table campaign_members;
drop type member_role;
