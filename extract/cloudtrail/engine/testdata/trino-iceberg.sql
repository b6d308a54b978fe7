CREATE TABLE "hive"."scratch"."liftgraph_1"
WITH (format = 'PARQUET', external_location = 's3://results/1/data/')
AS
SELECT eventid, eventtime, eventname, eventsource, awsregion, account, useridentity, requestparameters, responseelements, resources, errorcode, errormessage, readonly
FROM (
  SELECT
    t."eventid" AS eventid,
    date_format(t."eventtime" AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%i:%sZ') AS eventtime,
    t."eventname" AS eventname,
    CAST(NULL AS varchar) AS eventsource,
    CAST(NULL AS varchar) AS awsregion,
    CAST(NULL AS varchar) AS account,
    t."useridentity" AS useridentity,
    t."requestparameters" AS requestparameters,
    CAST(NULL AS varchar) AS responseelements,
    CAST(NULL AS varchar) AS resources,
    CAST(NULL AS varchar) AS errorcode,
    CAST(NULL AS varchar) AS errormessage,
    CAST(t."readonly" AS varchar) AS readonly
  FROM "lake"."audit"."events" AS t
  WHERE t."eventtime" >= TIMESTAMP '2026-11-02 00:00:00 UTC'
    AND t."eventtime" < TIMESTAMP '2026-12-01 00:00:00 UTC'
) AS e
WHERE ((regexp_like(requestparameters, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])')
      OR regexp_like(responseelements, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])')
      OR regexp_like(resources, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])'))
    AND regexp_like(useridentity, '01[0-9A-Z]{24}|\\u00[345]'))
