package scan

import (
	"bytes"
	"fmt"
	"regexp"
)

// accessLog is how lines of S3's access logs and of load balancers' logs begin.
var accessLog = regexp.MustCompile(`^(?:[0-9a-f]{64} \S+ \[|(?:https?|h2|grpcs?|wss?|tls) [0-9]{4}-[0-9]{2}-[0-9]{2}T)`)

// foreigners are forms that aren't read, by what they begin with: what each is, and what to do.
var foreigners = []struct{ begins, is string }{
	{"\xff\xfe\x00\x00", "it is UTF-32 text: convert it to UTF-8, as with iconv -f UTF-32 -t UTF-8"},
	{"\xff\xfe", "it is UTF-16 text: convert it to UTF-8, as with iconv -f UTF-16 -t UTF-8"},
	{"\xfe\xff", "it is UTF-16 text: convert it to UTF-8, as with iconv -f UTF-16 -t UTF-8"},
	{"\x1f\x8b", "it is compressed more than twice: decompress it with gunzip first"},
	{"\x28\xb5\x2f\xfd", "it is compressed more than twice: decompress it with unzstd first"},
	{"BZh", "it is compressed with bzip2: decompress it with bunzip2 first, or compress it with gzip or zstd"},
	{"\xfd7zXZ", "it is compressed with xz: decompress it with unxz first, or compress it with gzip or zstd"},
	{"\x04\x22\x4d\x18", "it is compressed with lz4: decompress it with unlz4 first, or compress it with gzip or zstd"},
	{"\xff\x06\x00\x00sNaPpY", "it is compressed with snappy: decompress it first, or compress it with gzip or zstd"},
	{"\x1f\x9d", "it is compressed with compress: decompress it with uncompress first, or compress it with gzip or zstd"},
	{"\x5d\x00\x00", "it is compressed with lzma: decompress it with unlzma first, or compress it with gzip or zstd"},
	{"\x89LZO", "it is compressed with lzop: decompress it with lzop -d first, or compress it with gzip or zstd"},
	{"\x02\x21\x4c\x18", "it is compressed with lz4: decompress it with unlz4 first, or compress it with gzip or zstd"},
	{"\x78\x01", "it is compressed with zlib: decompress it with zlib-flate -uncompress first, or compress it with gzip or zstd"},
	{"\x78\x9c", "it is compressed with zlib: decompress it with zlib-flate -uncompress first, or compress it with gzip or zstd"},
	{"\x78\xda", "it is compressed with zlib: decompress it with zlib-flate -uncompress first, or compress it with gzip or zstd"},
	{"Rar!", "it is a RAR archive: unpack it first"},
	{"PK\x05\x06", "it is an empty ZIP archive: give the files"},
	{"\xd0\xcf\x11\xe0", "it is a document of old Office, such as an Excel sheet: save the sheet as CSV"},
	{"ARROW1", "it is Arrow: export JSON, CSV or Parquet"},
	{"\x80\x03", "it is a pickle of Python: export JSON, CSV or Parquet"},
	{"\x80\x04", "it is a pickle of Python: export JSON, CSV or Parquet"},
	{"\x80\x05", "it is a pickle of Python: export JSON, CSV or Parquet"},
	{"---\n", "it is YAML: export JSON, as with --output json of the AWS CLI"},
	{"----", "it is a table of the AWS CLI: print it again with --output json"},
	{"Events:\n", "it is YAML: export JSON, as with --output json of the AWS CLI"},
	{"Records:\n", "it is YAML: export JSON, as with --output json of the AWS CLI"},
	{"EVENTS\t", "it is text of the AWS CLI: print it again with --output json"},
	{"\nAn error occurred", "it is an error of the AWS CLI: export it again"},
	{"An error occurred", "it is an error of the AWS CLI: export it again"},
	{"version account-id ", "it is VPC flow logs: give CloudTrail's prefix"},
	{"#Version: ", "it is logs of CloudFront: give CloudTrail's prefix"},
	{"#Fields: ", "it is logs of CloudFront: give CloudTrail's prefix"},
	{"7z\xbc\xaf", "it is a 7z archive: unpack it first"},
	{"PK\x03\x04", "it is a ZIP archive or an Excel sheet: unpack it, or save the sheet as CSV"},
	{"ORC", "it is ORC: export JSON, CSV or Parquet"},
	{"Obj\x01", "it is Avro: export JSON, CSV or Parquet"},
	{"SQLite format 3", "it is an SQLite database: export JSON, CSV or Parquet"},
	{"H4sI", "it is gzip in base64, as CloudWatch Logs hands it to Lambda: decode it with base64 -d"},
	{"<", "it is XML or HTML, as an error page is: export it again"},
	{"%PDF", "it is a PDF document: export JSON, CSV or Parquet"},
	{"PARE", "it is encrypted Parquet: export it without encryption"},
}

// foreign returns what a text is that isn't read, and what to do; "" where it may be read.
func foreign(head []byte) string {
	trimmed := bytes.TrimLeft(head, " \t\r\n")
	for _, f := range foreigners {
		if bytes.HasPrefix(head, []byte(f.begins)) || f.begins == "<" && bytes.HasPrefix(trimmed, []byte(f.begins)) {
			return f.is
		}
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return "it is a tar archive: unpack it first"
	}
	if len(head) >= 12 && string(head[8:12]) == "DUCK" {
		return "it is a DuckDB database: export JSON, CSV or Parquet"
	}
	if string(bytes.TrimSpace(head)) == "null" {
		return "it is null, as the AWS CLI prints where a query finds nothing: check the query"
	}
	if accessLog.Match(head) {
		return "it is access logs of S3 or of a load balancer: give CloudTrail's prefix"
	}
	if len(head) >= 4 && (head[0] == 0 && head[2] == 0 || head[1] == 0 && head[3] == 0) {
		return "it is UTF-16 text: convert it to UTF-8, as with iconv -f UTF-16LE -t UTF-8"
	}
	return ""
}

// shapeSeen returns what JSON is that holds no events, as far as its names tell; "" where they don't.
func shapeSeen(record []byte) string {
	version := dig(record, "metadata", "version")
	if class := dig(record, "classuid"); class != nil && version != nil {
		return fmt.Sprintf("it is OCSF %.20s of class %.20s, and not API activity of CloudTrail (6003): give the prefix of Security Lake's CloudTrail source", version, class)
	}
	for _, s := range []struct{ name, is string }{
		{"configurationitems", "it is a snapshot of AWS Config: give CloudTrail's prefix"},
		{"queryresultrows", "it is the answer of get-query-results, but its rows have no columns eventID and userIdentity: select these"},
		{"hits", "it is an answer of Elasticsearch, but its documents aren't events of CloudTrail: give the index of CloudTrail"},
		{"resultset", "it is the answer of Athena's get-query-results: give the CSV file that the query wrote to S3"},
		{"datarows", "it is a table of OpenSearch in JSON: export a document a line"},
		{"tables", "it is tables of Azure Monitor in JSON: export CSV"},
		{"s3bucket", "it is CloudTrail's notifications of its files, and not these: give the bucket"},
		{"s3", "it is notifications of S3, and not what the objects hold: give the bucket"},
		{"kinesis", "it is records of Kinesis that hold no events of CloudTrail: give those of CloudTrail's stream"},
		{"findings", "it is findings of a security service: give CloudTrail's prefix"},
		{"interfaceid", "it is flow logs: give CloudTrail's prefix"},
		{"actionid", "it is VPC or WAF logs: give CloudTrail's prefix"},
		{"webaclid", "it is WAF logs: give CloudTrail's prefix"},
		{"querytimestamp", "it is logs of Route 53 queries: give CloudTrail's prefix"},
		{"digeststarttime", "it is a digest of CloudTrail, and no log: give the prefix CloudTrail/, and not CloudTrail-Digest/"},
		{"messagetype", "it is logs of a group that isn't CloudTrail's: subscribe CloudTrail's log group"},
		{"detailtype", "it is events of EventBridge that aren't CloudTrail's: keep those of the type AWS API Call via CloudTrail"},
		{"action", "it looks like Spacelift's audit trail: give it with --audit-trail"},
		{"code", "it is an error in JSON: export it again"},
		{"type", "it is JSON of something else, or an error: export CloudTrail's events"},
		{"error", "it is an error in JSON: export it again"},
	} {
		if dig(record, s.name) != nil {
			return s.is
		}
	}
	if empty := true; members(record, func(_, _ []byte) { empty = false }) && empty {
		return "it is an empty object: export it again"
	}
	return ""
}
