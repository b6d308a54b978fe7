package ddl

// How names of files tell what they belong to, as regular expressions of every engine: no backslash, which some take for an escape.
const (
	manifestPattern      = `/([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9a-f]+)[.]json$` // date and publication
	wholeManifestPattern = `/([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]+)[.]json$`   // both in one
	partPattern          = `/part-[0-9]+-([0-9a-f]+)[.]parquet$`               // publication
)

// eventTimestamp is the time of an event, as every table has it that is by date of its events.
const eventTimestamp = "event_time_ts"
