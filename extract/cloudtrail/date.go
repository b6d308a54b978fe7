package cloudtrail

import (
	"path"
	"strings"
)

// keyDate is the date that a key's folders tell.
type keyDate struct {
	date   string // YYYY-MM-DD
	before string // what stands before it
	folder string // that it names, up to its slash
}

// dateIn finds the last date in the folders of a key: YYYY/MM/DD/, year=YYYY/month=MM/day=DD/ or anything=YYYY-MM-DD/.
func dateIn(key string) (keyDate, bool) {
	folders := strings.Split(key, "/")
	folders = folders[:len(folders)-1]
	for i := len(folders) - 1; i >= 0; i-- {
		name, value := partition(folders[i])
		before := joined(folders[:i])
		if name != "" && isDate(value) {
			return keyDate{value, before, joined(folders[:i+1])}, true
		}
		if i+2 >= len(folders) || !isNumber(value, 4) {
			continue
		}
		_, month := partition(folders[i+1])
		_, day := partition(folders[i+2])
		if isNumber(month, 2) && isNumber(day, 2) {
			return keyDate{value + "-" + month + "-" + day, before, joined(folders[:i+3])}, true
		}
	}
	return keyDate{}, false
}

// joined returns folders as a key has them, each with a slash behind it.
func joined(folders []string) string {
	if len(folders) == 0 {
		return ""
	}
	return strings.Join(folders, "/") + "/"
}

// jump returns the least key that may be one of a later date, no earlier than the given one, or of none.
func (d keyDate) jump(date string) string {
	if d.isTrail() {
		return d.before + strings.ReplaceAll(date, "-", "/")
	}
	return past(d.folder)
}

// end returns the least key that may be one of an earlier date, or of none.
func (d keyDate) end() string {
	if d.isTrail() {
		return d.before + ":" // which follows the digits
	}
	return past(d.folder)
}

// isTrail reports whether the date stands where CloudTrail itself writes: AWSLogs/…/CloudTrail/REGION/YYYY/MM/DD/. Nothing
// else lies between these days; elsewhere there may be anything.
func (d keyDate) isTrail() bool {
	above := path.Dir(path.Clean(d.before))
	logs := strings.HasPrefix(above, "AWSLogs/") || strings.Contains(above, "/AWSLogs/")
	return logs && strings.HasSuffix(above, "/CloudTrail") && !strings.Contains(d.folder, "=")
}

// partition cuts a folder NAME=VALUE behind the equals sign. Folders that aren't named so have a value alone.
func partition(folder string) (name, value string) {
	i := strings.IndexByte(folder, '=') + 1
	return folder[:i], folder[i:]
}

func isDate(s string) bool {
	return len(s) == 10 && s[4] == '-' && s[7] == '-' && isNumber(s[:4], 4) && isNumber(s[5:7], 2) && isNumber(s[8:], 2)
}

func isNumber(s string, digits int) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(s) == digits
}
