CREATE TABLE "hive"."scratch"."liftgraph_1"
WITH (format = 'PARQUET', external_location = 's3://results/1/data/')
AS
SELECT eventid, eventtime, eventname, eventsource, awsregion, account, useridentity, requestparameters, responseelements, resources, errorcode, errormessage, readonly
FROM (
  SELECT
    r."eventID" AS eventid,
    r."eventtime" AS eventtime,
    r."eventname" AS eventname,
    r."eventsource" AS eventsource,
    r."awsregion" AS awsregion,
    r."recipientaccountid" AS account,
    json_format(CAST(r."useridentity" AS json)) AS useridentity,
    r."requestparameters" AS requestparameters,
    r."responseelements" AS responseelements,
    r."resources" AS resources,
    r."errorcode" AS errorcode,
    CAST(NULL AS varchar) AS errormessage,
    CAST(r."readonly" AS varchar) AS readonly
  FROM "hive"."audit"."raw" AS t
  CROSS JOIN UNNEST(t."records") AS r ("eventID", "eventtime", "eventname", "eventsource", "awsregion", "recipientaccountid", "useridentity", "requestparameters", "responseelements", "resources", "errorcode", "readonly")
  WHERE (t."day" >= '20261103' OR t."day" >= '2026/11/03' AND t."day" < '20260' OR t."day" >= '2026-11-03' AND t."day" < '2026.')
) AS e
WHERE ((regexp_like(requestparameters, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])')
      OR regexp_like(responseelements, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])')
      OR regexp_like(resources, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])'))
    AND (regexp_like(useridentity, '01[0-9A-Z]{24}|\\u00[345]')
      OR regexp_like(useridentity, 'ASIA')))
  OR (eventsource = 'sts.amazonaws.com'
    AND regexp_like(responseelements, '(?i)accesskeyid|\\u00')
    AND (regexp_like(useridentity, '01[0-9A-Z]{24}|\\u00[345]|ASIA')
      OR regexp_like(requestparameters, '01[0-9A-Z]{24}|\\u00[345]')))
