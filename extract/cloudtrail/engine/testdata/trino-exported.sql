CREATE TABLE "hive"."scratch"."liftgraph_1"
WITH (format = 'PARQUET', external_location = 's3://results/1/data/')
AS
SELECT eventid, eventtime, eventname, eventsource, awsregion, account, useridentity, requestparameters, responseelements, resources, errorcode, errormessage, readonly
FROM (
  SELECT
    t."eventid" AS eventid,
    t."eventtime" AS eventtime,
    t."eventname" AS eventname,
    t."eventsource" AS eventsource,
    t."awsregion" AS awsregion,
    t."account" AS account,
    t."useridentity" AS useridentity,
    t."requestparameters" AS requestparameters,
    t."responseelements" AS responseelements,
    json_format(CAST(t."resources" AS json)) AS resources,
    t."errorcode" AS errorcode,
    CAST(NULL AS varchar) AS errormessage,
    t."readonly" AS readonly
  FROM "hive"."audit"."exported" AS t
) AS e
WHERE ((regexp_like(requestparameters, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])')
      OR regexp_like(responseelements, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])')
      OR regexp_like(resources, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])'))
    AND regexp_like(useridentity, '01[0-9A-Z]{24}|\\u00[345]'))
