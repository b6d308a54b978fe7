package page

import (
	"math"
	"slices"
	"time"

	"liftgraph/query/trace"
)

// scale places times along the picture.
type scale struct {
	times []time.Time // each once, in order
	at    []float64
}

// newScale draws every pause with a length that grows with its logarithm.
func newScale(times []time.Time) *scale {
	times = slices.CompactFunc(times, func(a, b time.Time) bool { return a.Sub(b).Abs() < time.Second })
	s := &scale{times: times, at: make([]float64, len(times))}
	for i := 1; i < len(times); i++ {
		s.at[i] = s.at[i-1] + 1 + math.Log1p(times[i].Sub(times[i-1]).Seconds()/20)
	}
	width := float64(timelineWidth - laneLeft - laneRight)
	for i := range s.at {
		if last := s.at[len(s.at)-1]; last > 0 && i < len(s.at)-1 {
			s.at[i] *= width / last
		}
	}
	if n := len(s.at); n > 1 {
		s.at[n-1] = width
	}
	return s
}

func (s *scale) x(t time.Time) float64 {
	i, _ := slices.BinarySearchFunc(s.times, t, func(a, b time.Time) int { return a.Compare(b) })
	switch {
	case i < len(s.times) && s.times[i].Equal(t) || i == 0:
	case i == len(s.times):
		i--
	default:
		i-- // within a second of the one before
	}
	return math.Round(10*(laneLeft+20+s.at[i]*float64(timelineWidth-laneLeft-laneRight-40)/float64(timelineWidth-laneLeft-laneRight))) / 10
}

type timed struct {
	n  int
	at time.Time
	e  *trace.Event
}
