package cloudtrail

import "strings"

// keyDate is the date that a key's folders tell.
type keyDate struct {
	date   string // YYYY-MM-DD
	before string // what stands before it
	names  []string
	end    string // the least key after all dates that are written here
}

// dateIn finds the last date in the folders of a key: YYYY/MM/DD/, year=YYYY/month=MM/day=DD/ or anything=YYYY-MM-DD/.
func dateIn(key string) (keyDate, bool) {
	folders := strings.Split(key, "/")
	folders = folders[:len(folders)-1]
	for i := len(folders) - 1; i >= 0; i-- {
		name, value := partition(folders[i])
		before := strings.Join(folders[:i], "/")
		if i > 0 {
			before += "/"
		}
		d := keyDate{before: before, names: []string{name}, end: before + name + ":"} // which follows the digits
		if name != "" && isDate(value) {
			d.date = value
			return d, true
		}
		if i+2 >= len(folders) || !isNumber(value, 4) {
			continue
		}
		monthName, month := partition(folders[i+1])
		dayName, day := partition(folders[i+2])
		if isNumber(month, 2) && isNumber(day, 2) {
			d.date, d.names = value+"-"+month+"-"+day, []string{name, monthName, dayName}
			return d, true
		}
	}
	return keyDate{}, false
}

// jump gives the least key of another date.
func (d keyDate) jump(key, date string) string {
	values := []string{date}
	if len(d.names) == 3 {
		values = strings.Split(date, "-")
	}
	to := d.before
	for i, v := range values {
		if i > 0 {
			to += "/"
		}
		to += d.names[i] + v
	}
	return max(key, to)
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
