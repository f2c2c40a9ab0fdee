drop table campaigns;
drop type campaign_status;
