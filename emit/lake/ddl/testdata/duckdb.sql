CREATE SCHEMA IF NOT EXISTS "audit-2";

SET VARIABLE lake_snapshots = (
  SELECT list(s ORDER BY s.age)
  FROM (
    SELECT {'snapshot_date': snapshot_date, 'publication': publication, 'age': row_number() OVER (ORDER BY snapshot_date DESC) - 1} AS s
    FROM (
      SELECT CAST(regexp_extract(file, '/([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9a-f]+)[.]json$', 1) AS DATE) AS snapshot_date, max(regexp_extract(file, '/([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9a-f]+)[.]json$', 2)) AS publication
      FROM glob('s3://acme-lake/it''s/manifests/*.json')
      WHERE regexp_matches(file, '/([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9a-f]+)[.]json$')
      GROUP BY 1
    )
  )
);

CREATE OR REPLACE VIEW "audit-2"."lake_snapshots" AS
SELECT unnest(coalesce(getvariable('lake_snapshots'), error('liftgraph: there is no published snapshot in s3://acme-lake/it''s, or the script that made this view has not run in this session')), recursive := true);

SET VARIABLE lake_files = (
  WITH files AS (
    SELECT file, s.age, regexp_extract(file, '/((nodes|relationships)/[^/]+)/snapshot_date=', 1) AS folder
    FROM (FROM glob('s3://acme-lake/it''s/nodes/**/*.parquet') UNION ALL FROM glob('s3://acme-lake/it''s/relationships/**/*.parquet')) f
    JOIN "audit-2"."lake_snapshots" s ON contains(file, '/snapshot_date=' || s.snapshot_date || '/') AND s.publication = regexp_extract(file, '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1)
  )
  SELECT map_from_entries(list((key, files)))
  FROM (
    SELECT folder || ' ' || age AS key, list(file ORDER BY file) AS files FROM files GROUP BY ALL
    UNION ALL SELECT folder, list(file ORDER BY age, file) FROM files GROUP BY ALL
  )
);

CREATE OR REPLACE VIEW "audit-2"."spacelift_space" AS
SELECT
  "id",
  "name",
  "description",
  "is_root",
  "spacelift_account_id",
  "parent_spacelift_account_id",
  "parent_space_id",
  "firstseen",
  make_timestamp(epoch_us("firstseen_ts")) AS "firstseen_ts",
  "lastupdated",
  make_timestamp(epoch_us("lastupdated_ts")) AS "lastupdated_ts",
  "snapshot_date"
FROM (
  SELECT NULL::VARCHAR AS "id", NULL::VARCHAR AS "name", NULL::VARCHAR AS "description", NULL::BOOLEAN AS "is_root", NULL::VARCHAR AS "spacelift_account_id", NULL::VARCHAR AS "parent_spacelift_account_id", NULL::VARCHAR AS "parent_space_id", NULL::BIGINT AS "firstseen", NULL::TIMESTAMPTZ AS "firstseen_ts", NULL::BIGINT AS "lastupdated", NULL::TIMESTAMPTZ AS "lastupdated_ts" WHERE false
  UNION ALL BY NAME
  FROM read_parquet(coalesce(getvariable('lake_files')['nodes/SpaceliftSpace'], error('liftgraph: run the script that made this view first, in each session: it finds the snapshots')), hive_partitioning = true, hive_types = {'snapshot_date': DATE}, union_by_name = false)
);

COMMENT ON VIEW "audit-2"."spacelift_space" IS 'A container of stacks, worker pools and other spaces; spaces form a tree.';

COMMENT ON COLUMN "audit-2"."spacelift_space"."id" IS 'The space''s id, e.g. `root` or `production-01HND497T9JKR76MR3KA2CDJHP`.';

COMMENT ON COLUMN "audit-2"."spacelift_space"."name" IS 'Name of the space.';

COMMENT ON COLUMN "audit-2"."spacelift_space"."description" IS 'Description of the space.';

COMMENT ON COLUMN "audit-2"."spacelift_space"."is_root" IS 'Whether the space belongs directly to the account.';

COMMENT ON COLUMN "audit-2"."spacelift_space"."spacelift_account_id" IS 'Id of the account the space belongs to.';

COMMENT ON COLUMN "audit-2"."spacelift_space"."parent_spacelift_account_id" IS 'Id of the account, set only on root spaces.';

COMMENT ON COLUMN "audit-2"."spacelift_space"."parent_space_id" IS 'Id of the parent space, set only on child spaces.';

COMMENT ON COLUMN "audit-2"."spacelift_space"."firstseen" IS 'When a load first saw it, Unix milliseconds.';

COMMENT ON COLUMN "audit-2"."spacelift_space"."firstseen_ts" IS 'The same as firstseen, as a timestamp in UTC.';

COMMENT ON COLUMN "audit-2"."spacelift_space"."lastupdated" IS 'The update tag of the load that last saw it, Unix seconds.';

COMMENT ON COLUMN "audit-2"."spacelift_space"."lastupdated_ts" IS 'The same as lastupdated, as a timestamp in UTC.';

COMMENT ON COLUMN "audit-2"."spacelift_space"."snapshot_date" IS 'Date of the snapshot, in UTC: that of its update tag.';

CREATE OR REPLACE VIEW "audit-2"."latest_spacelift_space" AS
SELECT
  "id",
  "name",
  "description",
  "is_root",
  "spacelift_account_id",
  "parent_spacelift_account_id",
  "parent_space_id",
  "firstseen",
  make_timestamp(epoch_us("firstseen_ts")) AS "firstseen_ts",
  "lastupdated",
  make_timestamp(epoch_us("lastupdated_ts")) AS "lastupdated_ts",
  "snapshot_date"
FROM (
  SELECT NULL::VARCHAR AS "id", NULL::VARCHAR AS "name", NULL::VARCHAR AS "description", NULL::BOOLEAN AS "is_root", NULL::VARCHAR AS "spacelift_account_id", NULL::VARCHAR AS "parent_spacelift_account_id", NULL::VARCHAR AS "parent_space_id", NULL::BIGINT AS "firstseen", NULL::TIMESTAMPTZ AS "firstseen_ts", NULL::BIGINT AS "lastupdated", NULL::TIMESTAMPTZ AS "lastupdated_ts" WHERE false
  UNION ALL BY NAME
  FROM read_parquet(coalesce(coalesce(getvariable('lake_files')['nodes/SpaceliftSpace 0'], getvariable('lake_files')['nodes/SpaceliftSpace']), error('liftgraph: run the script that made this view first, in each session: it finds the snapshots')), hive_partitioning = true, hive_types = {'snapshot_date': DATE}, union_by_name = false)
)
WHERE snapshot_date = getvariable('lake_snapshots')[1].snapshot_date;

CREATE OR REPLACE VIEW "audit-2"."previous_spacelift_space" AS
SELECT
  "id",
  "name",
  "description",
  "is_root",
  "spacelift_account_id",
  "parent_spacelift_account_id",
  "parent_space_id",
  "firstseen",
  make_timestamp(epoch_us("firstseen_ts")) AS "firstseen_ts",
  "lastupdated",
  make_timestamp(epoch_us("lastupdated_ts")) AS "lastupdated_ts",
  "snapshot_date"
FROM (
  SELECT NULL::VARCHAR AS "id", NULL::VARCHAR AS "name", NULL::VARCHAR AS "description", NULL::BOOLEAN AS "is_root", NULL::VARCHAR AS "spacelift_account_id", NULL::VARCHAR AS "parent_spacelift_account_id", NULL::VARCHAR AS "parent_space_id", NULL::BIGINT AS "firstseen", NULL::TIMESTAMPTZ AS "firstseen_ts", NULL::BIGINT AS "lastupdated", NULL::TIMESTAMPTZ AS "lastupdated_ts" WHERE false
  UNION ALL BY NAME
  FROM read_parquet(coalesce(coalesce(getvariable('lake_files')['nodes/SpaceliftSpace 1'], getvariable('lake_files')['nodes/SpaceliftSpace']), error('liftgraph: run the script that made this view first, in each session: it finds the snapshots')), hive_partitioning = true, hive_types = {'snapshot_date': DATE}, union_by_name = false)
)
WHERE snapshot_date = getvariable('lake_snapshots')[2].snapshot_date;

COMMENT ON VIEW "audit-2"."latest_spacelift_space" IS 'A container of stacks, worker pools and other spaces; spaces form a tree.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_space"."id" IS 'The space''s id, e.g. `root` or `production-01HND497T9JKR76MR3KA2CDJHP`.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_space"."name" IS 'Name of the space.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_space"."description" IS 'Description of the space.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_space"."is_root" IS 'Whether the space belongs directly to the account.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_space"."spacelift_account_id" IS 'Id of the account the space belongs to.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_space"."parent_spacelift_account_id" IS 'Id of the account, set only on root spaces.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_space"."parent_space_id" IS 'Id of the parent space, set only on child spaces.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_space"."firstseen" IS 'When a load first saw it, Unix milliseconds.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_space"."firstseen_ts" IS 'The same as firstseen, as a timestamp in UTC.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_space"."lastupdated" IS 'The update tag of the load that last saw it, Unix seconds.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_space"."lastupdated_ts" IS 'The same as lastupdated, as a timestamp in UTC.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_space"."snapshot_date" IS 'Date of the snapshot, in UTC: that of its update tag.';

CREATE OR REPLACE VIEW "audit-2"."spacelift_run_affected_ec2_instance" AS
SELECT
  "start_id",
  "end_id",
  "event_id",
  "event_time",
  make_timestamp(epoch_us("event_time_ts")) AS "event_time_ts",
  "event_name",
  "aws_account",
  "aws_region",
  "resolved_by",
  "error_code",
  "error_message",
  "basis",
  "firstseen",
  make_timestamp(epoch_us("firstseen_ts")) AS "firstseen_ts",
  "lastupdated",
  make_timestamp(epoch_us("lastupdated_ts")) AS "lastupdated_ts",
  "snapshot_date",
  nullif("event_date", DATE '1970-01-01') AS "event_date"
FROM (
  SELECT NULL::VARCHAR AS "start_id", NULL::VARCHAR AS "end_id", NULL::VARCHAR AS "event_id", NULL::VARCHAR AS "event_time", NULL::TIMESTAMPTZ AS "event_time_ts", NULL::VARCHAR AS "event_name", NULL::VARCHAR AS "aws_account", NULL::VARCHAR AS "aws_region", NULL::VARCHAR AS "resolved_by", NULL::VARCHAR AS "error_code", NULL::VARCHAR AS "error_message", NULL::VARCHAR AS "basis", NULL::BIGINT AS "firstseen", NULL::TIMESTAMPTZ AS "firstseen_ts", NULL::BIGINT AS "lastupdated", NULL::TIMESTAMPTZ AS "lastupdated_ts" WHERE false
  UNION ALL BY NAME
  FROM read_parquet(coalesce(getvariable('lake_files')['relationships/SpaceliftRun_AFFECTED_EC2Instance'], error('liftgraph: run the script that made this view first, in each session: it finds the snapshots')), hive_partitioning = true, hive_types = {'snapshot_date': DATE, 'event_date': DATE}, union_by_name = false)
);

COMMENT ON VIEW "audit-2"."spacelift_run_affected_ec2_instance" IS 'The run created or last changed the instance, by Spacelift''s list of managed entities: one edge, without an event. Or it made an API call that names the instance, by CloudTrail: one edge a call.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."start_id" IS 'The key of the SpaceliftRun it starts at.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."end_id" IS 'The key of the EC2Instance it ends at.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."event_id" IS 'Id of the CloudTrail event; absent on an edge from the list of entities.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."event_time" IS 'When the call was made, ISO 8601 in UTC.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."event_time_ts" IS 'The same as event_time, as a timestamp in UTC.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."event_name" IS 'The API call, e.g. `TerminateInstances`.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."aws_account" IS 'Id of the AWS account the call was made in.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."aws_region" IS 'AWS region the call was made in.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."resolved_by" IS 'On an edge from the list of entities, how the instance''s id was found: `plain` as it stood; `digest` from a sanitized id; `digest+arn` when the sanitized ARN confirmed it.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."error_code" IS 'Why the call failed, e.g. `Client.UnauthorizedOperation`; absent where it succeeded.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."error_message" IS 'The same in words, as the AWS service wrote it.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."basis" IS '`mentioned` where the call names the instance in a field of which it isn''t known that it says what the call changed; absent otherwise.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."firstseen" IS 'When a load first saw it, Unix milliseconds.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."firstseen_ts" IS 'The same as firstseen, as a timestamp in UTC.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."lastupdated" IS 'The update tag of the load that last saw it, Unix seconds.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."lastupdated_ts" IS 'The same as lastupdated, as a timestamp in UTC.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."snapshot_date" IS 'Date of the snapshot, in UTC: that of its update tag.';

COMMENT ON COLUMN "audit-2"."spacelift_run_affected_ec2_instance"."event_date" IS 'Date of event_time, in UTC.';

CREATE OR REPLACE VIEW "audit-2"."latest_spacelift_run_affected_ec2_instance" AS
SELECT
  "start_id",
  "end_id",
  "event_id",
  "event_time",
  make_timestamp(epoch_us("event_time_ts")) AS "event_time_ts",
  "event_name",
  "aws_account",
  "aws_region",
  "resolved_by",
  "error_code",
  "error_message",
  "basis",
  "firstseen",
  make_timestamp(epoch_us("firstseen_ts")) AS "firstseen_ts",
  "lastupdated",
  make_timestamp(epoch_us("lastupdated_ts")) AS "lastupdated_ts",
  "snapshot_date",
  nullif("event_date", DATE '1970-01-01') AS "event_date"
FROM (
  SELECT NULL::VARCHAR AS "start_id", NULL::VARCHAR AS "end_id", NULL::VARCHAR AS "event_id", NULL::VARCHAR AS "event_time", NULL::TIMESTAMPTZ AS "event_time_ts", NULL::VARCHAR AS "event_name", NULL::VARCHAR AS "aws_account", NULL::VARCHAR AS "aws_region", NULL::VARCHAR AS "resolved_by", NULL::VARCHAR AS "error_code", NULL::VARCHAR AS "error_message", NULL::VARCHAR AS "basis", NULL::BIGINT AS "firstseen", NULL::TIMESTAMPTZ AS "firstseen_ts", NULL::BIGINT AS "lastupdated", NULL::TIMESTAMPTZ AS "lastupdated_ts" WHERE false
  UNION ALL BY NAME
  FROM read_parquet(coalesce(coalesce(getvariable('lake_files')['relationships/SpaceliftRun_AFFECTED_EC2Instance 0'], getvariable('lake_files')['relationships/SpaceliftRun_AFFECTED_EC2Instance']), error('liftgraph: run the script that made this view first, in each session: it finds the snapshots')), hive_partitioning = true, hive_types = {'snapshot_date': DATE, 'event_date': DATE}, union_by_name = false)
)
WHERE snapshot_date = getvariable('lake_snapshots')[1].snapshot_date;

CREATE OR REPLACE VIEW "audit-2"."previous_spacelift_run_affected_ec2_instance" AS
SELECT
  "start_id",
  "end_id",
  "event_id",
  "event_time",
  make_timestamp(epoch_us("event_time_ts")) AS "event_time_ts",
  "event_name",
  "aws_account",
  "aws_region",
  "resolved_by",
  "error_code",
  "error_message",
  "basis",
  "firstseen",
  make_timestamp(epoch_us("firstseen_ts")) AS "firstseen_ts",
  "lastupdated",
  make_timestamp(epoch_us("lastupdated_ts")) AS "lastupdated_ts",
  "snapshot_date",
  nullif("event_date", DATE '1970-01-01') AS "event_date"
FROM (
  SELECT NULL::VARCHAR AS "start_id", NULL::VARCHAR AS "end_id", NULL::VARCHAR AS "event_id", NULL::VARCHAR AS "event_time", NULL::TIMESTAMPTZ AS "event_time_ts", NULL::VARCHAR AS "event_name", NULL::VARCHAR AS "aws_account", NULL::VARCHAR AS "aws_region", NULL::VARCHAR AS "resolved_by", NULL::VARCHAR AS "error_code", NULL::VARCHAR AS "error_message", NULL::VARCHAR AS "basis", NULL::BIGINT AS "firstseen", NULL::TIMESTAMPTZ AS "firstseen_ts", NULL::BIGINT AS "lastupdated", NULL::TIMESTAMPTZ AS "lastupdated_ts" WHERE false
  UNION ALL BY NAME
  FROM read_parquet(coalesce(coalesce(getvariable('lake_files')['relationships/SpaceliftRun_AFFECTED_EC2Instance 1'], getvariable('lake_files')['relationships/SpaceliftRun_AFFECTED_EC2Instance']), error('liftgraph: run the script that made this view first, in each session: it finds the snapshots')), hive_partitioning = true, hive_types = {'snapshot_date': DATE, 'event_date': DATE}, union_by_name = false)
)
WHERE snapshot_date = getvariable('lake_snapshots')[2].snapshot_date;

COMMENT ON VIEW "audit-2"."latest_spacelift_run_affected_ec2_instance" IS 'The run created or last changed the instance, by Spacelift''s list of managed entities: one edge, without an event. Or it made an API call that names the instance, by CloudTrail: one edge a call.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."start_id" IS 'The key of the SpaceliftRun it starts at.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."end_id" IS 'The key of the EC2Instance it ends at.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."event_id" IS 'Id of the CloudTrail event; absent on an edge from the list of entities.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."event_time" IS 'When the call was made, ISO 8601 in UTC.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."event_time_ts" IS 'The same as event_time, as a timestamp in UTC.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."event_name" IS 'The API call, e.g. `TerminateInstances`.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."aws_account" IS 'Id of the AWS account the call was made in.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."aws_region" IS 'AWS region the call was made in.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."resolved_by" IS 'On an edge from the list of entities, how the instance''s id was found: `plain` as it stood; `digest` from a sanitized id; `digest+arn` when the sanitized ARN confirmed it.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."error_code" IS 'Why the call failed, e.g. `Client.UnauthorizedOperation`; absent where it succeeded.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."error_message" IS 'The same in words, as the AWS service wrote it.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."basis" IS '`mentioned` where the call names the instance in a field of which it isn''t known that it says what the call changed; absent otherwise.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."firstseen" IS 'When a load first saw it, Unix milliseconds.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."firstseen_ts" IS 'The same as firstseen, as a timestamp in UTC.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."lastupdated" IS 'The update tag of the load that last saw it, Unix seconds.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."lastupdated_ts" IS 'The same as lastupdated, as a timestamp in UTC.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."snapshot_date" IS 'Date of the snapshot, in UTC: that of its update tag.';

COMMENT ON COLUMN "audit-2"."latest_spacelift_run_affected_ec2_instance"."event_date" IS 'Date of event_time, in UTC.';

