package trace

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"
)

// named returns an id with the name of what it is the id of.
func named(id, name string) string {
	id, name = show(id), show(name)
	if id == "" || name == id {
		return name
	}
	return id + wrap(" (", name, ")")
}

func path(spaces []Space) string {
	var names []string
	for _, s := range spaces {
		names = append(names, show(cmp.Or(s.Name, s.ID)))
	}
	if len(spaces) == 0 {
		return "a space that isn't known"
	}
	return strings.Join(names, " / ") + wrap(" (", show(spaces[len(spaces)-1].ID), ")")
}

// clock is how times are written, all of them in UTC.
const clock = time.DateTime + "Z"

// seconds returns a time in Unix seconds, nothing for 0.
func seconds(t int64) string {
	if t == 0 {
		return ""
	}
	return time.Unix(t, 0).UTC().Format(clock)
}

// moment returns a time in ISO 8601 as [seconds] does, anything else as it is.
func moment(s string) string {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC().Format(clock)
	}
	return show(s)
}

// show is [printable], with nothing for nothing.
func show(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return printable(s)
}

const longest = 100 // characters of a message

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	line = show(line)
	if utf8.RuneCountInString(line) > longest {
		line = string([]rune(line)[:longest-1]) + "…"
	}
	return line
}

func wrap(before, s, after string) string {
	if s == "" {
		return ""
	}
	return before + s + after
}

// join joins what is there.
func join(between string, parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p != "" && b.Len() > 0 {
			b.WriteString(between)
		}
		b.WriteString(p)
	}
	return b.String()
}
