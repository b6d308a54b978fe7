package scan

import "bytes"

// envelope is what a record holds that isn't a field of an event, but may hold one.
type envelope struct {
	flat    flattened
	inner   []byte // an event as an object, or as text
	rank    int    // of inner: the least counts
	ocsf    bool
	elastic []byte // Elastic's fields of CloudTrail
	cloud   []byte // and what it says of the account and the region
	action  []byte // and of the call
	at      []byte // and of the time
	user    bool   // it has a user's name beside the event, as the event history does
}

// wrappers are the names under which exporters keep an event, the surest first.
var wrappers = func() map[string]int {
	m := map[string]int{}
	for rank, name := range []string{
		"cloudtrailevent",        // aws cloudtrail lookup-events
		"detail",                 // EventBridge
		"eventdata", "eventjson", // CloudTrail Lake, and its queries
		"message",                   // CloudWatch Logs, and @message of its queries
		"original", "eventoriginal", // Filebeat, in event, or flattened
		"source",                     // Elasticsearch: _source
		"raw", "rawevent", "rawdata", // Splunk and others
		"event", "record", "document", "doc", "log", "line", "body", "content", "json", "payload", "data", "value", // whatever
	} {
		m[name] = rank
	}
	return m
}()

// note takes a member of a record that is no field.
func (w *envelope) note(key, value []byte) {
	if len(key) > maxName {
		return
	}
	var buf [maxName]byte
	name := string(plain(buf[:0], key))
	if rank, ok := wrappers[name]; ok && (value[0] == '{' || value[0] == '"') && (w.inner == nil || rank < w.rank) {
		w.inner, w.rank = value, rank
	}
	switch name {
	case "classuid":
		w.ocsf = true
	case "username":
		w.user = true
	case "aws":
		if trail := dig(value, "cloudtrail"); trail != nil {
			w.elastic = trail
		}
	case "awscloudtrail":
		w.elastic = text(value)
	case "cloud":
		w.cloud = value
	case "timestamp", "timegenerated", "timegeneratedutc": // the latter two are Azure Sentinel's
		w.at = text(value)
	case "event":
		w.action = value
	}
}

// open makes of a record's event what its envelope holds.
func (w *envelope) open(e *event, record []byte, wraps int) {
	if w.ocsf {
		if o, ok := ocsfEvent(record); ok {
			*e = o
			return
		}
	}
	if w.inner != nil {
		for _, inner := range [][]byte{w.inner, dig(w.inner, "original")} {
			if inner = bytes.TrimSpace(inner); len(inner) > 0 && inner[0] == '"' && skipString(inner, 0) == len(inner) {
				inner = unquote(inner)
			}
			if object := objectOf(inner); object != nil && len(object) <= len(inner) {
				if in, err := eventWithin(object, wraps+1); err == nil && in.isOne() && in[userIdentity] != nil {
					*e = in
					return
				}
			}
		}
	}
	if w.elastic != nil {
		w.elasticEvent(e)
	}
}

// elasticEvent reads what Filebeat and Elastic Agent make of an event, where they didn't keep the original.
func (w *envelope) elasticEvent(e *event) {
	var flat flattened
	members(objectOf(w.elastic), func(key, value []byte) {
		if f, rest, ok := fieldOf(key); ok {
			e.set(f, rest, text(value), &flat)
		}
	})
	flat.into(e)
	for f, name := range map[field]string{requestParameters: "requestparameters", responseElements: "responseelements"} {
		if v := dig(w.elastic, "flattened", name); v != nil {
			e[f] = v
		}
	}
	for f, v := range map[field][]byte{
		eventID: dig(w.action, "id"), eventName: dig(w.action, "action"), eventSource: dig(w.action, "provider"), eventTime: w.at,
		awsRegion: dig(w.cloud, "region"), accountID: dig(w.cloud, "account", "id"),
	} {
		if e[f] == nil {
			e[f] = v
		}
	}
}
