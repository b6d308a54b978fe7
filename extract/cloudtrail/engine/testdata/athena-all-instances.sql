UNLOAD (
SELECT eventid, eventtime, eventname, eventsource, awsregion, account, useridentity, requestparameters, responseelements, resources, errorcode, errormessage, readonly
FROM (
  SELECT
    t."eventid" AS eventid,
    t."eventtime" AS eventtime,
    t."eventname" AS eventname,
    t."eventsource" AS eventsource,
    t."awsregion" AS awsregion,
    t."recipientaccountid" AS account,
    json_format(CAST(t."useridentity" AS json)) AS useridentity,
    t."requestparameters" AS requestparameters,
    t."responseelements" AS responseelements,
    json_format(CAST(t."resources" AS json)) AS resources,
    t."errorcode" AS errorcode,
    t."errormessage" AS errormessage,
    t."readonly" AS readonly
  FROM "awsdatacatalog"."audit"."trail" AS t
  WHERE (t."timestamp" < '2026-12-01' OR t."timestamp" >= '2026/' AND t."timestamp" < '2026/12/01' OR t."timestamp" >= '20260' AND t."timestamp" < '20261201')
    AND COALESCE(t."eventcategory", '') <> 'Insight'
) AS e
WHERE ((regexp_like(requestparameters, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])')
      OR regexp_like(responseelements, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])')
      OR regexp_like(resources, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])')))
  OR (eventsource = 'sts.amazonaws.com'
    AND regexp_like(responseelements, '(?i)accesskeyid|\\u00')
    AND (regexp_like(useridentity, '01[0-9A-Z]{24}|\\u00[345]|ASIA')
      OR regexp_like(requestparameters, '01[0-9A-Z]{24}|\\u00[345]')))
)
TO 's3://results/it''s/data/'
WITH (format = 'PARQUET', compression = 'SNAPPY')
