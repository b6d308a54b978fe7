CREATE TABLE "hive"."scratch"."liftgraph_1"
WITH (format = 'PARQUET', external_location = 's3://results/1/data/')
AS
SELECT eventid, eventtime, eventname, eventsource, awsregion, account, useridentity, requestparameters, responseelements, resources, errorcode, errormessage, readonly
FROM (
  SELECT
    json_extract_scalar(element_at(r.event, 'eventID'), '$') AS eventid,
    json_extract_scalar(element_at(r.event, 'eventTime'), '$') AS eventtime,
    json_extract_scalar(element_at(r.event, 'eventName'), '$') AS eventname,
    json_extract_scalar(element_at(r.event, 'eventSource'), '$') AS eventsource,
    json_extract_scalar(element_at(r.event, 'awsRegion'), '$') AS awsregion,
    json_extract_scalar(element_at(r.event, 'recipientAccountId'), '$') AS account,
    NULLIF(json_format(element_at(r.event, 'userIdentity')), 'null') AS useridentity,
    NULLIF(json_format(element_at(r.event, 'requestParameters')), 'null') AS requestparameters,
    NULLIF(json_format(element_at(r.event, 'responseElements')), 'null') AS responseelements,
    NULLIF(json_format(element_at(r.event, 'resources')), 'null') AS resources,
    json_extract_scalar(element_at(r.event, 'errorCode'), '$') AS errorcode,
    json_extract_scalar(element_at(r.event, 'errorMessage'), '$') AS errormessage,
    json_extract_scalar(element_at(r.event, 'readOnly'), '$') AS readonly
  FROM "hive"."audit"."lines" AS t
  CROSS JOIN UNNEST(COALESCE(CAST(json_extract(t."line", '$.Records') AS array(map(varchar, json))),
    ARRAY[TRY(CAST(json_parse(t."line") AS map(varchar, json)))])) AS r (event)
  WHERE t."year" >= '2026'
    AND CAST(t."year" AS integer) * 10000 + CAST(t."month" AS integer) * 100 + CAST(t."day" AS integer) >= 20261103
    AND t."year" <= '2026'
    AND CAST(t."year" AS integer) * 10000 + CAST(t."month" AS integer) * 100 + CAST(t."day" AS integer) <= 20261130
    AND COALESCE(json_extract_scalar(element_at(r.event, 'eventCategory'), '$'), '') <> 'Insight'
) AS e
WHERE ((regexp_like(requestparameters, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])')
      OR regexp_like(responseelements, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])')
      OR regexp_like(resources, '(^|[^0-9A-Za-z_]|\\[bfnrt]|\\u[0-9A-Fa-f]{4})i-[0-9a-f]{8}|\\u00(2[Dd]|3[0-9]|5[Cc]|6[1-69])'))
    AND regexp_like(useridentity, '01[0-9A-Z]{24}|\\u00[345]'))
