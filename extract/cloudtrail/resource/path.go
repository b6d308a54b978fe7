package resource

import (
	"bytes"
	"fmt"
	"strings"
)

// path is where a value stands: below q (requestParameters) or p (responseElements), or one of r, caller and account.
type path struct {
	root  string
	steps []string
}

func parsePath(text string) (path, error) {
	root, rest, below := strings.Cut(text, ".")
	switch root {
	case "q", "p":
		p := path{root, strings.Split(rest, ".")}
		for _, s := range p.steps {
			if s == "" || isWrapper(s) {
				return path{}, fmt.Errorf("%q is no path: it goes on by the names of fields, without those that only wrap others", text)
			}
		}
		return p, nil
	case "r", "caller", "account":
		if !below {
			return path{root: root}, nil
		}
	}
	return path{}, fmt.Errorf("%q is no path", text)
}

// maxDepth is how deep values are looked for.
const maxDepth = 24

// find appends the texts that stand at the end of a path's steps below value. Lists are passed through, and so are
// members that only wrap others, where a step isn't there without them.
func find(found []string, value []byte, steps []string, depth int) []string {
	if value = bytes.TrimLeft(value, " \t\r\n"); len(value) == 0 || depth > maxDepth {
		return found
	}
	switch value[0] {
	case '[':
		each(value, func(_, element []byte) { found = find(found, element, steps, depth+1) })
	case '{':
		there := false
		if len(steps) > 0 {
			each(value, func(key, v []byte) {
				if equalFold(key, steps[0]) {
					there = true
					found = find(found, v, steps[1:], depth+1)
				}
			})
		}
		if !there {
			each(value, func(key, v []byte) {
				if isWrapper(string(key)) || depth == 0 && wrapsCall(string(key)) {
					found = find(found, v, steps, depth+1)
				}
			})
		}
	default:
		if len(steps) == 0 {
			if text := scalar(value); text != "" {
				found = append(found, text)
			}
		}
	}
	return found
}

// isWrapper reports whether a member only wraps what a list holds.
func isWrapper(key string) bool {
	switch len(key) {
	case 4:
		return strings.EqualFold(key, "item")
	case 5:
		return strings.EqualFold(key, "items")
	case 6:
		return strings.EqualFold(key, "member")
	case 7:
		return strings.EqualFold(key, "content")
	}
	return false
}

// wrapsCall reports whether a member wraps all parameters, or the whole response, as newer calls of EC2 and API Gateway have it:
// DeleteNatGatewayRequest, DelTGwVpcAttachReq, CreateNatGatewayResponse, createStageInput.
func wrapsCall(key string) bool {
	for _, end := range []string{"Request", "Response", "Req", "Resp"} {
		if len(key) > len(end) && strings.HasSuffix(key, end) {
			return true
		}
	}
	if strings.HasSuffix(key, "Input") {
		for _, verb := range []string{"create", "update", "put", "import"} {
			if len(key) > len(verb) && strings.EqualFold(key[:len(verb)], verb) {
				return true
			}
		}
	}
	return false
}

func equalFold(key []byte, name string) bool {
	return len(key) == len(name) && strings.EqualFold(string(key), name)
}
