package scan

import (
	"bytes"
	"fmt"
)

// foreigners are forms that aren't read, by what they begin with: what each is, and what to do.
var foreigners = []struct{ begins, is string }{
	{"\xff\xfe", "it is UTF-16 text: convert it to UTF-8, as with iconv -f UTF-16 -t UTF-8"},
	{"\xfe\xff", "it is UTF-16 text: convert it to UTF-8, as with iconv -f UTF-16 -t UTF-8"},
	{"\x1f\x8b", "it is compressed more than twice: decompress it with gunzip first"},
	{"\x28\xb5\x2f\xfd", "it is compressed more than twice: decompress it with unzstd first"},
	{"BZh", "it is compressed with bzip2: decompress it with bunzip2 first, or compress it with gzip or zstd"},
	{"\xfd7zXZ", "it is compressed with xz: decompress it with unxz first, or compress it with gzip or zstd"},
	{"\x04\x22\x4d\x18", "it is compressed with lz4: decompress it with unlz4 first, or compress it with gzip or zstd"},
	{"\xff\x06\x00\x00sNaPpY", "it is compressed with snappy: decompress it first, or compress it with gzip or zstd"},
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
		{"queryresultrows", "it is the answer of get-query-results: export the results of the query to S3, or print a row a line"},
		{"hits", "it is an answer of Elasticsearch: export a document a line, as elasticdump does"},
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
	} {
		if dig(record, s.name) != nil {
			return s.is
		}
	}
	return ""
}
