CREATE DATABASE IF NOT EXISTS `audit-2`;

CREATE TABLE IF NOT EXISTS `audit-2`.`spacelift_space` (
  `id` STRING COMMENT 'The space\'s id, e.g. `root` or `production-01HND497T9JKR76MR3KA2CDJHP`.',
  `name` STRING COMMENT 'Name of the space.',
  `description` STRING COMMENT 'Description of the space.',
  `is_root` BOOLEAN COMMENT 'Whether the space belongs directly to the account.',
  `spacelift_account_id` STRING COMMENT 'Id of the account the space belongs to.',
  `parent_spacelift_account_id` STRING COMMENT 'Id of the account, set only on root spaces.',
  `parent_space_id` STRING COMMENT 'Id of the parent space, set only on child spaces.',
  `firstseen` BIGINT COMMENT 'When a load first saw it, Unix milliseconds.',
  `firstseen_ts` TIMESTAMP COMMENT 'The same as firstseen, as a timestamp in UTC.',
  `lastupdated` BIGINT COMMENT 'The update tag of the load that last saw it, Unix seconds.',
  `lastupdated_ts` TIMESTAMP COMMENT 'The same as lastupdated, as a timestamp in UTC.',
  `snapshot_date` DATE COMMENT 'Date of the snapshot, in UTC: that of its update tag.'
)
USING parquet
PARTITIONED BY (`snapshot_date`)
LOCATION 's3a://acme-lake/it\'s/nodes/SpaceliftSpace'
COMMENT 'A container of stacks, worker pools and other spaces; spaces form a tree.';

MSCK REPAIR TABLE `audit-2`.`spacelift_space` SYNC PARTITIONS;

CREATE TABLE IF NOT EXISTS `audit-2`.`spacelift_run_affected_ec2_instance` (
  `start_id` STRING COMMENT 'The key of the SpaceliftRun it starts at.',
  `end_id` STRING COMMENT 'The key of the EC2Instance it ends at.',
  `event_id` STRING COMMENT 'Id of the CloudTrail event; absent on an edge from the list of entities.',
  `event_time` STRING COMMENT 'When the call was made, ISO 8601 in UTC.',
  `event_time_ts` TIMESTAMP COMMENT 'The same as event_time, as a timestamp in UTC.',
  `event_name` STRING COMMENT 'The API call, e.g. `TerminateInstances`.',
  `aws_account` STRING COMMENT 'Id of the AWS account the call was made in.',
  `aws_region` STRING COMMENT 'AWS region the call was made in.',
  `resolved_by` STRING COMMENT 'On an edge from the list of entities, how the instance\'s id was found: `plain` as it stood; `digest` from a sanitized id; `digest+arn` when the sanitized ARN confirmed it.',
  `error_code` STRING COMMENT 'Why the call failed, e.g. `Client.UnauthorizedOperation`; absent where it succeeded.',
  `error_message` STRING COMMENT 'The same in words, as the AWS service wrote it.',
  `basis` STRING COMMENT '`mentioned` where the call names the instance in a field of which it isn\'t known that it says what the call changed; absent otherwise.',
  `firstseen` BIGINT COMMENT 'When a load first saw it, Unix milliseconds.',
  `firstseen_ts` TIMESTAMP COMMENT 'The same as firstseen, as a timestamp in UTC.',
  `lastupdated` BIGINT COMMENT 'The update tag of the load that last saw it, Unix seconds.',
  `lastupdated_ts` TIMESTAMP COMMENT 'The same as lastupdated, as a timestamp in UTC.',
  `snapshot_date` DATE COMMENT 'Date of the snapshot, in UTC: that of its update tag.',
  `event_date` DATE COMMENT 'Date of event_time, in UTC.'
)
USING parquet
PARTITIONED BY (`snapshot_date`, `event_date`)
LOCATION 's3a://acme-lake/it\'s/relationships/SpaceliftRun_AFFECTED_EC2Instance'
COMMENT 'The run created or last changed the instance, by Spacelift\'s list of managed entities: one edge, without an event. Or it made an API call that names the instance, by CloudTrail: one edge a call.';

MSCK REPAIR TABLE `audit-2`.`spacelift_run_affected_ec2_instance` SYNC PARTITIONS;

CREATE TABLE IF NOT EXISTS `audit-2`.`lake_manifests`
USING binaryFile
LOCATION 's3a://acme-lake/it\'s/manifests'
COMMENT 'The manifests of published snapshots, whose names tell date and publication.';

REFRESH TABLE `audit-2`.`lake_manifests`;

CREATE OR REPLACE VIEW `audit-2`.`lake_snapshots` AS
SELECT snapshot_date, publication, row_number() OVER (ORDER BY snapshot_date DESC) - 1 AS age
FROM (
  SELECT to_date(regexp_extract(path, '/([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9a-f]+)[.]json$', 1)) AS snapshot_date, max(regexp_extract(path, '/([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9a-f]+)[.]json$', 2)) AS publication
  FROM `audit-2`.`lake_manifests`
  GROUP BY 1
)
WHERE snapshot_date IS NOT NULL;

CREATE OR REPLACE VIEW `audit-2`.`latest_spacelift_space` (
  `id` COMMENT 'The space\'s id, e.g. `root` or `production-01HND497T9JKR76MR3KA2CDJHP`.',
  `name` COMMENT 'Name of the space.',
  `description` COMMENT 'Description of the space.',
  `is_root` COMMENT 'Whether the space belongs directly to the account.',
  `spacelift_account_id` COMMENT 'Id of the account the space belongs to.',
  `parent_spacelift_account_id` COMMENT 'Id of the account, set only on root spaces.',
  `parent_space_id` COMMENT 'Id of the parent space, set only on child spaces.',
  `firstseen` COMMENT 'When a load first saw it, Unix milliseconds.',
  `firstseen_ts` COMMENT 'The same as firstseen, as a timestamp in UTC.',
  `lastupdated` COMMENT 'The update tag of the load that last saw it, Unix seconds.',
  `lastupdated_ts` COMMENT 'The same as lastupdated, as a timestamp in UTC.',
  `snapshot_date` COMMENT 'Date of the snapshot, in UTC: that of its update tag.'
)
COMMENT 'A container of stacks, worker pools and other spaces; spaces form a tree.'
AS SELECT
  `id`,
  `name`,
  `description`,
  `is_root`,
  `spacelift_account_id`,
  `parent_spacelift_account_id`,
  `parent_space_id`,
  `firstseen`,
  `firstseen_ts`,
  `lastupdated`,
  `lastupdated_ts`,
  `snapshot_date`
FROM `audit-2`.`spacelift_space`
WHERE `snapshot_date` = (SELECT s.snapshot_date FROM `audit-2`.`lake_snapshots` s WHERE s.age = 0)
  AND regexp_extract(_metadata.file_path, '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1) = (SELECT s.publication FROM `audit-2`.`lake_snapshots` s WHERE s.age = 0);

CREATE OR REPLACE VIEW `audit-2`.`previous_spacelift_space` (
  `id` COMMENT 'The space\'s id, e.g. `root` or `production-01HND497T9JKR76MR3KA2CDJHP`.',
  `name` COMMENT 'Name of the space.',
  `description` COMMENT 'Description of the space.',
  `is_root` COMMENT 'Whether the space belongs directly to the account.',
  `spacelift_account_id` COMMENT 'Id of the account the space belongs to.',
  `parent_spacelift_account_id` COMMENT 'Id of the account, set only on root spaces.',
  `parent_space_id` COMMENT 'Id of the parent space, set only on child spaces.',
  `firstseen` COMMENT 'When a load first saw it, Unix milliseconds.',
  `firstseen_ts` COMMENT 'The same as firstseen, as a timestamp in UTC.',
  `lastupdated` COMMENT 'The update tag of the load that last saw it, Unix seconds.',
  `lastupdated_ts` COMMENT 'The same as lastupdated, as a timestamp in UTC.',
  `snapshot_date` COMMENT 'Date of the snapshot, in UTC: that of its update tag.'
)
COMMENT 'A container of stacks, worker pools and other spaces; spaces form a tree.'
AS SELECT
  `id`,
  `name`,
  `description`,
  `is_root`,
  `spacelift_account_id`,
  `parent_spacelift_account_id`,
  `parent_space_id`,
  `firstseen`,
  `firstseen_ts`,
  `lastupdated`,
  `lastupdated_ts`,
  `snapshot_date`
FROM `audit-2`.`spacelift_space`
WHERE `snapshot_date` = (SELECT s.snapshot_date FROM `audit-2`.`lake_snapshots` s WHERE s.age = 1)
  AND regexp_extract(_metadata.file_path, '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1) = (SELECT s.publication FROM `audit-2`.`lake_snapshots` s WHERE s.age = 1);

CREATE OR REPLACE VIEW `audit-2`.`latest_spacelift_run_affected_ec2_instance` (
  `start_id` COMMENT 'The key of the SpaceliftRun it starts at.',
  `end_id` COMMENT 'The key of the EC2Instance it ends at.',
  `event_id` COMMENT 'Id of the CloudTrail event; absent on an edge from the list of entities.',
  `event_time` COMMENT 'When the call was made, ISO 8601 in UTC.',
  `event_time_ts` COMMENT 'The same as event_time, as a timestamp in UTC.',
  `event_name` COMMENT 'The API call, e.g. `TerminateInstances`.',
  `aws_account` COMMENT 'Id of the AWS account the call was made in.',
  `aws_region` COMMENT 'AWS region the call was made in.',
  `resolved_by` COMMENT 'On an edge from the list of entities, how the instance\'s id was found: `plain` as it stood; `digest` from a sanitized id; `digest+arn` when the sanitized ARN confirmed it.',
  `error_code` COMMENT 'Why the call failed, e.g. `Client.UnauthorizedOperation`; absent where it succeeded.',
  `error_message` COMMENT 'The same in words, as the AWS service wrote it.',
  `basis` COMMENT '`mentioned` where the call names the instance in a field of which it isn\'t known that it says what the call changed; absent otherwise.',
  `firstseen` COMMENT 'When a load first saw it, Unix milliseconds.',
  `firstseen_ts` COMMENT 'The same as firstseen, as a timestamp in UTC.',
  `lastupdated` COMMENT 'The update tag of the load that last saw it, Unix seconds.',
  `lastupdated_ts` COMMENT 'The same as lastupdated, as a timestamp in UTC.',
  `snapshot_date` COMMENT 'Date of the snapshot, in UTC: that of its update tag.',
  `event_date` COMMENT 'Date of event_time, in UTC.'
)
COMMENT 'The run created or last changed the instance, by Spacelift\'s list of managed entities: one edge, without an event. Or it made an API call that names the instance, by CloudTrail: one edge a call.'
AS SELECT
  `start_id`,
  `end_id`,
  `event_id`,
  `event_time`,
  `event_time_ts`,
  `event_name`,
  `aws_account`,
  `aws_region`,
  `resolved_by`,
  `error_code`,
  `error_message`,
  `basis`,
  `firstseen`,
  `firstseen_ts`,
  `lastupdated`,
  `lastupdated_ts`,
  `snapshot_date`,
  nullif(`event_date`, DATE '1970-01-01') AS `event_date`
FROM `audit-2`.`spacelift_run_affected_ec2_instance`
WHERE `snapshot_date` = (SELECT s.snapshot_date FROM `audit-2`.`lake_snapshots` s WHERE s.age = 0)
  AND regexp_extract(_metadata.file_path, '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1) = (SELECT s.publication FROM `audit-2`.`lake_snapshots` s WHERE s.age = 0);

CREATE OR REPLACE VIEW `audit-2`.`previous_spacelift_run_affected_ec2_instance` (
  `start_id` COMMENT 'The key of the SpaceliftRun it starts at.',
  `end_id` COMMENT 'The key of the EC2Instance it ends at.',
  `event_id` COMMENT 'Id of the CloudTrail event; absent on an edge from the list of entities.',
  `event_time` COMMENT 'When the call was made, ISO 8601 in UTC.',
  `event_time_ts` COMMENT 'The same as event_time, as a timestamp in UTC.',
  `event_name` COMMENT 'The API call, e.g. `TerminateInstances`.',
  `aws_account` COMMENT 'Id of the AWS account the call was made in.',
  `aws_region` COMMENT 'AWS region the call was made in.',
  `resolved_by` COMMENT 'On an edge from the list of entities, how the instance\'s id was found: `plain` as it stood; `digest` from a sanitized id; `digest+arn` when the sanitized ARN confirmed it.',
  `error_code` COMMENT 'Why the call failed, e.g. `Client.UnauthorizedOperation`; absent where it succeeded.',
  `error_message` COMMENT 'The same in words, as the AWS service wrote it.',
  `basis` COMMENT '`mentioned` where the call names the instance in a field of which it isn\'t known that it says what the call changed; absent otherwise.',
  `firstseen` COMMENT 'When a load first saw it, Unix milliseconds.',
  `firstseen_ts` COMMENT 'The same as firstseen, as a timestamp in UTC.',
  `lastupdated` COMMENT 'The update tag of the load that last saw it, Unix seconds.',
  `lastupdated_ts` COMMENT 'The same as lastupdated, as a timestamp in UTC.',
  `snapshot_date` COMMENT 'Date of the snapshot, in UTC: that of its update tag.',
  `event_date` COMMENT 'Date of event_time, in UTC.'
)
COMMENT 'The run created or last changed the instance, by Spacelift\'s list of managed entities: one edge, without an event. Or it made an API call that names the instance, by CloudTrail: one edge a call.'
AS SELECT
  `start_id`,
  `end_id`,
  `event_id`,
  `event_time`,
  `event_time_ts`,
  `event_name`,
  `aws_account`,
  `aws_region`,
  `resolved_by`,
  `error_code`,
  `error_message`,
  `basis`,
  `firstseen`,
  `firstseen_ts`,
  `lastupdated`,
  `lastupdated_ts`,
  `snapshot_date`,
  nullif(`event_date`, DATE '1970-01-01') AS `event_date`
FROM `audit-2`.`spacelift_run_affected_ec2_instance`
WHERE `snapshot_date` = (SELECT s.snapshot_date FROM `audit-2`.`lake_snapshots` s WHERE s.age = 1)
  AND regexp_extract(_metadata.file_path, '/part-[0-9]+-([0-9a-f]+)[.]parquet$', 1) = (SELECT s.publication FROM `audit-2`.`lake_snapshots` s WHERE s.age = 1);

