package spacelift

import (
	"strconv"

	"liftgraph/internal/raw"
)

// detailVariables returns the variables of the text that [repeated] makes.
func detailVariables(runs []*raw.Run) map[string]any {
	v := make(map[string]any, 2*len(runs))
	for i, r := range runs {
		v["stack"+strconv.Itoa(i)], v["run"+strconv.Itoa(i)] = r.StackID, r.ID
	}
	return v
}
