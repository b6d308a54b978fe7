CREATE DATABASE IF NOT EXISTS `audit-2`;

CREATE EXTERNAL TABLE IF NOT EXISTS `audit-2`.`spacelift_space` (
  `id` string COMMENT 'The space\'s id, e.g. `root` or `production-01HND497T9JKR76MR3KA2CDJHP`.',
  `name` string COMMENT 'Name of the space.',
  `description` string COMMENT 'Description of the space.',
  `is_root` boolean COMMENT 'Whether the space belongs directly to the account.',
  `spacelift_account_id` string COMMENT 'Id of the account the space belongs to.',
  `parent_spacelift_account_id` string COMMENT 'Id of the account, set only on root spaces.',
  `parent_space_id` string COMMENT 'Id of the parent space, set only on child spaces.',
  `firstseen` bigint COMMENT 'When a load first saw it, Unix milliseconds.',
  `firstseen_ts` timestamp COMMENT 'The same as firstseen, as a timestamp in UTC.',
  `lastupdated` bigint COMMENT 'The update tag of the load that last saw it, Unix seconds.',
  `lastupdated_ts` timestamp COMMENT 'The same as lastupdated, as a timestamp in UTC.'
)
COMMENT 'A container of stacks, worker pools and other spaces; spaces form a tree.'
PARTITIONED BY (`snapshot_date` string COMMENT 'Date of the snapshot, in UTC: that of its update tag.')
STORED AS PARQUET
LOCATION 's3://acme-lake/it\'s/nodes/SpaceliftSpace/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.snapshot_date.type' = 'date',
  'projection.snapshot_date.format' = 'yyyy-MM-dd',
  'projection.snapshot_date.range' = '2026-01-01,NOW+1DAYS',
  'projection.snapshot_date.interval' = '1',
  'projection.snapshot_date.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://acme-lake/it\'s/nodes/SpaceliftSpace/snapshot_date=${snapshot_date}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS `audit-2`.`spacelift_run_affected_ec2_instance` (
  `start_id` string COMMENT 'The key of the SpaceliftRun it starts at.',
  `end_id` string COMMENT 'The key of the EC2Instance it ends at.',
  `event_id` string COMMENT 'Id of the CloudTrail event; absent on an edge from the list of entities.',
  `event_time` string COMMENT 'When the call was made, ISO 8601 in UTC.',
  `event_time_ts` timestamp COMMENT 'The same as event_time, as a timestamp in UTC.',
  `event_name` string COMMENT 'The API call, e.g. `TerminateInstances`.',
  `aws_account` string COMMENT 'Id of the AWS account the call was made in.',
  `aws_region` string COMMENT 'AWS region the call was made in.',
  `resolved_by` string COMMENT 'On an edge from the list of entities, how the instance\'s id was found: `plain` as it stood; `digest` from a sanitized id; `digest+arn` when the sanitized ARN confirmed it.',
  `error_code` string COMMENT 'Why the call failed, e.g. `Client.UnauthorizedOperation`; absent where it succeeded.',
  `error_message` string COMMENT 'The same in words, as the AWS service wrote it.',
  `basis` string COMMENT '`mentioned` where the call names the instance in a field of which it isn\'t known that it says what the call changed; absent otherwise.',
  `firstseen` bigint COMMENT 'When a load first saw it, Unix milliseconds.',
  `firstseen_ts` timestamp COMMENT 'The same as firstseen, as a timestamp in UTC.',
  `lastupdated` bigint COMMENT 'The update tag of the load that last saw it, Unix seconds.',
  `lastupdated_ts` timestamp COMMENT 'The same as lastupdated, as a timestamp in UTC.'
)
COMMENT 'The run created or last changed the instance, by Spacelift\'s list of managed entities: one edge, without an event. Or it made an API call that names the instance, by CloudTrail: one edge a call.'
PARTITIONED BY (`snapshot_date` string COMMENT 'Date of the snapshot, in UTC: that of its update tag.')
STORED AS PARQUET
LOCATION 's3://acme-lake/it\'s/relationships/SpaceliftRun_AFFECTED_EC2Instance/'
TBLPROPERTIES (
  'projection.enabled' = 'true',
  'projection.snapshot_date.type' = 'date',
  'projection.snapshot_date.format' = 'yyyy-MM-dd',
  'projection.snapshot_date.range' = '2026-01-01,NOW+1DAYS',
  'projection.snapshot_date.interval' = '1',
  'projection.snapshot_date.interval.unit' = 'DAYS',
  'storage.location.template' = 's3://acme-lake/it\'s/relationships/SpaceliftRun_AFFECTED_EC2Instance/snapshot_date=${snapshot_date}/'
);

CREATE EXTERNAL TABLE IF NOT EXISTS `audit-2`.`lake_manifests` (`line` string)
COMMENT 'The lines of the manifests of published snapshots, whose names tell date and publication.'
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\001'
STORED AS TEXTFILE
LOCATION 's3://acme-lake/it\'s/manifests/';

CREATE OR REPLACE VIEW "audit-2"."lake_snapshots" AS
SELECT snapshot_date, publication, row_number() OVER (ORDER BY snapshot_date DESC) - 1 AS age
FROM (
  SELECT CAST(regexp_extract("$path", '/([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9a-f]+)[.]json$', 1) AS date) AS snapshot_date, max(regexp_extract("$path", '/([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9a-f]+)[.]json$', 2)) AS publication
  FROM "audit-2"."lake_manifests"
  GROUP BY 1
)
WHERE snapshot_date IS NOT NULL;

CREATE OR REPLACE VIEW "audit-2"."lake_latest" AS
SELECT CAST(substr(newest, 1, 10) AS date) AS snapshot_date, substr(newest, 12) AS publication
FROM (SELECT max(regexp_extract("$path", '/([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]+)[.]json$', 1)) AS newest FROM "audit-2"."lake_manifests");

CREATE OR REPLACE VIEW "audit-2"."latest_spacelift_space" AS
SELECT
  t."id",
  t."name",
  t."description",
  t."is_root",
  t."spacelift_account_id",
  t."parent_spacelift_account_id",
  t."parent_space_id",
  t."firstseen",
  t."firstseen_ts",
  t."lastupdated",
  t."lastupdated_ts",
  s."snapshot_date"
FROM "audit-2"."spacelift_space" t
JOIN "audit-2"."lake_latest" s ON t.snapshot_date = CAST(s.snapshot_date AS varchar) AND s.publication = regexp_extract(t."$path", '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1);

CREATE OR REPLACE VIEW "audit-2"."previous_spacelift_space" AS
SELECT
  t."id",
  t."name",
  t."description",
  t."is_root",
  t."spacelift_account_id",
  t."parent_spacelift_account_id",
  t."parent_space_id",
  t."firstseen",
  t."firstseen_ts",
  t."lastupdated",
  t."lastupdated_ts",
  s."snapshot_date"
FROM "audit-2"."spacelift_space" t
JOIN "audit-2"."lake_snapshots" s ON t.snapshot_date = CAST(s.snapshot_date AS varchar) AND s.publication = regexp_extract(t."$path", '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1)
WHERE s.age = 1;

CREATE OR REPLACE VIEW "audit-2"."latest_spacelift_run_affected_ec2_instance" AS
SELECT
  t."start_id",
  t."end_id",
  t."event_id",
  t."event_time",
  t."event_time_ts",
  t."event_name",
  t."aws_account",
  t."aws_region",
  t."resolved_by",
  t."error_code",
  t."error_message",
  t."basis",
  t."firstseen",
  t."firstseen_ts",
  t."lastupdated",
  t."lastupdated_ts",
  s."snapshot_date",
  CAST(t."event_time_ts" AS date) AS "event_date"
FROM "audit-2"."spacelift_run_affected_ec2_instance" t
JOIN "audit-2"."lake_latest" s ON t.snapshot_date = CAST(s.snapshot_date AS varchar) AND s.publication = regexp_extract(t."$path", '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1);

CREATE OR REPLACE VIEW "audit-2"."previous_spacelift_run_affected_ec2_instance" AS
SELECT
  t."start_id",
  t."end_id",
  t."event_id",
  t."event_time",
  t."event_time_ts",
  t."event_name",
  t."aws_account",
  t."aws_region",
  t."resolved_by",
  t."error_code",
  t."error_message",
  t."basis",
  t."firstseen",
  t."firstseen_ts",
  t."lastupdated",
  t."lastupdated_ts",
  s."snapshot_date",
  CAST(t."event_time_ts" AS date) AS "event_date"
FROM "audit-2"."spacelift_run_affected_ec2_instance" t
JOIN "audit-2"."lake_snapshots" s ON t.snapshot_date = CAST(s.snapshot_date AS varchar) AND s.publication = regexp_extract(t."$path", '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1)
WHERE s.age = 1;

