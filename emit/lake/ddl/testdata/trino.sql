CREATE SCHEMA IF NOT EXISTS "audit-2";

CREATE TABLE IF NOT EXISTS "audit-2"."spacelift_space" (
  "id" varchar COMMENT 'The space''s id, e.g. `root` or `production-01HND497T9JKR76MR3KA2CDJHP`.',
  "name" varchar COMMENT 'Name of the space.',
  "description" varchar COMMENT 'Description of the space.',
  "is_root" boolean COMMENT 'Whether the space belongs directly to the account.',
  "spacelift_account_id" varchar COMMENT 'Id of the account the space belongs to.',
  "parent_spacelift_account_id" varchar COMMENT 'Id of the account, set only on root spaces.',
  "parent_space_id" varchar COMMENT 'Id of the parent space, set only on child spaces.',
  "firstseen" bigint COMMENT 'When a load first saw it, Unix milliseconds.',
  "firstseen_ts" timestamp COMMENT 'The same as firstseen, as a timestamp in UTC.',
  "lastupdated" bigint COMMENT 'The update tag of the load that last saw it, Unix seconds.',
  "lastupdated_ts" timestamp COMMENT 'The same as lastupdated, as a timestamp in UTC.',
  "snapshot_date" date COMMENT 'Date of the snapshot, in UTC: that of its update tag.' WITH (
    partition_projection_type = 'date', partition_projection_format = 'yyyy-MM-dd', partition_projection_range = ARRAY['2026-01-01', 'NOW+1DAYS'],
    partition_projection_interval = 1, partition_projection_interval_unit = 'DAYS')
)
COMMENT 'A container of stacks, worker pools and other spaces; spaces form a tree.'
WITH (
  format = 'PARQUET',
  external_location = 's3://acme-lake/it''s/nodes/SpaceliftSpace',
  partitioned_by = ARRAY['snapshot_date'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://acme-lake/it''s/nodes/SpaceliftSpace/snapshot_date=${snapshot_date}'
);

CREATE TABLE IF NOT EXISTS "audit-2"."spacelift_run_affected_ec2_instance" (
  "start_id" varchar COMMENT 'The key of the SpaceliftRun it starts at.',
  "end_id" varchar COMMENT 'The key of the EC2Instance it ends at.',
  "event_id" varchar COMMENT 'Id of the CloudTrail event; absent on an edge from the list of entities.',
  "event_time" varchar COMMENT 'When the call was made, ISO 8601 in UTC.',
  "event_time_ts" timestamp COMMENT 'The same as event_time, as a timestamp in UTC.',
  "event_name" varchar COMMENT 'The API call, e.g. `TerminateInstances`.',
  "aws_account" varchar COMMENT 'Id of the AWS account the call was made in.',
  "aws_region" varchar COMMENT 'AWS region the call was made in.',
  "resolved_by" varchar COMMENT 'On an edge from the list of entities, how the instance''s id was found: `plain` as it stood; `digest` from a sanitized id; `digest+arn` when the sanitized ARN confirmed it.',
  "error_code" varchar COMMENT 'Why the call failed, e.g. `Client.UnauthorizedOperation`; absent where it succeeded.',
  "error_message" varchar COMMENT 'The same in words, as the AWS service wrote it.',
  "basis" varchar COMMENT '`mentioned` where the call names the instance in a field of which it isn''t known that it says what the call changed; absent otherwise.',
  "firstseen" bigint COMMENT 'When a load first saw it, Unix milliseconds.',
  "firstseen_ts" timestamp COMMENT 'The same as firstseen, as a timestamp in UTC.',
  "lastupdated" bigint COMMENT 'The update tag of the load that last saw it, Unix seconds.',
  "lastupdated_ts" timestamp COMMENT 'The same as lastupdated, as a timestamp in UTC.',
  "snapshot_date" date COMMENT 'Date of the snapshot, in UTC: that of its update tag.' WITH (
    partition_projection_type = 'date', partition_projection_format = 'yyyy-MM-dd', partition_projection_range = ARRAY['2026-01-01', 'NOW+1DAYS'],
    partition_projection_interval = 1, partition_projection_interval_unit = 'DAYS')
)
COMMENT 'The run created or last changed the instance, by Spacelift''s list of managed entities: one edge, without an event. Or it made an API call that names the instance, by CloudTrail: one edge a call.'
WITH (
  format = 'PARQUET',
  external_location = 's3://acme-lake/it''s/relationships/SpaceliftRun_AFFECTED_EC2Instance',
  partitioned_by = ARRAY['snapshot_date'],
  partition_projection_enabled = true,
  partition_projection_location_template = 's3://acme-lake/it''s/relationships/SpaceliftRun_AFFECTED_EC2Instance/snapshot_date=${snapshot_date}'
);

CREATE TABLE IF NOT EXISTS "audit-2"."lake_manifests" ("line" varchar)
COMMENT 'The lines of the manifests of published snapshots, whose names tell date and publication.'
WITH (format = 'TEXTFILE', textfile_field_separator = U&'\0001', external_location = 's3://acme-lake/it''s/manifests');

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
JOIN "audit-2"."lake_latest" s ON t.snapshot_date = s.snapshot_date AND s.publication = regexp_extract(t."$path", '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1);

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
JOIN "audit-2"."lake_snapshots" s ON t.snapshot_date = s.snapshot_date AND s.publication = regexp_extract(t."$path", '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1)
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
JOIN "audit-2"."lake_latest" s ON t.snapshot_date = s.snapshot_date AND s.publication = regexp_extract(t."$path", '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1);

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
JOIN "audit-2"."lake_snapshots" s ON t.snapshot_date = s.snapshot_date AND s.publication = regexp_extract(t."$path", '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1)
WHERE s.age = 1;

