package engine

import (
	"fmt"
	"regexp"
)

// advice says what to do about an engine's error. The engines' codes don't reach all places where errors come from, so
// their texts are looked at; the first that fits is given.
var advice = []struct {
	text *regexp.Regexp
	what string
}{
	{regexp.MustCompile(`(?i)connection refused|no such host|no answer within|giving up after|i/o timeout|certificate`),
		"check --trino-uri, or for Athena the region and the network"},
	{regexp.MustCompile(`(?i)writes to non-managed|creating non-managed`),
		"the catalog must allow it: hive.non-managed-table-writes-enabled=true; or name another catalog and schema in --trino-uri"},
	{regexp.MustCompile(`(?i)is not implemented|external_location|does not support creat`),
		"the result's table must be in a catalog of the Hive connector: name that and a schema of it in --trino-uri"},
	{regexp.MustCompile(`(?i)expired ?token|security token .* (expired|invalid)|unable to locate credentials|failed to refresh cached credentials|get credentials|no EC2 IMDS role`),
		"set the AWS credentials that may use the engine, e.g. AWS_PROFILE"},
	{regexp.MustCompile(`(?i)access ?denied|not authorized|insufficient permissions|permission_denied|forbidden|\b403\b`),
		"docs/guide/engines.md lists what must be allowed"},
	{regexp.MustCompile(`(?i)unauthori[sz]ed|\b401\b|authentication failed|invalid credentials`),
		"check the user in --trino-uri and the password"},
	{regexp.MustCompile(`(?i)bytes scanned limit|exceed.* (limit|maximum).*bytes|query exhausted resources|exceeded.*memory|query timeout|exceeded.time.limit`),
		"search fewer days at a time with --from and --to, in a table that is partitioned by date"},
	{regexp.MustCompile(`(?i)no output location`),
		"name a place with --engine-output"},
	{regexp.MustCompile(`(?i)injected projected partition column`),
		"project that column as an enum: all of its values are searched"},
	{regexp.MustCompile(`(?i)hive_path_already_exists|already exists|is not empty`),
		"run it again: the place is a new one each time"},
	{regexp.MustCompile(`(?i)(table|schema|catalog)_not_found|entitynotfound|metadataexception|(table|schema|catalog|database) .*(does not exist|not found)`),
		"check --engine-table, and for Athena the region and the workgroup"},
	{regexp.MustCompile(`(?i)hive_cursor_error|hive_bad_data|hive_cannot_open_split|failed to read|not valid json|unexpected end of (zlib|gzip|input)`),
		"an object of the table can't be read, and engines then give nothing at all: remove it, leave its day out with --from and --to, or read the objects without an engine, which skips and names it"},
	{regexp.MustCompile(`(?i)too ?many ?requests|throttl|rate exceeded`),
		"others use the engine as well: run it again later"},
}

// advise adds to an error what to do next, where that is known.
func advise(err error) error {
	if err == nil {
		return nil
	}
	for _, a := range advice {
		if a.text.MatchString(err.Error()) {
			return fmt.Errorf("%w; %s", err, a.what)
		}
	}
	return err
}
