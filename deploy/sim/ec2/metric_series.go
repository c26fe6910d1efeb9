package ec2

import (
	"cmp"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"time"
)

// history is how far back figures go.
const history = 15 * 24 * time.Hour

// datapoint is one period of a metric.
type datapoint struct {
	Timestamp   time.Time
	Average     float64
	Sum         float64
	Minimum     float64
	Maximum     float64
	SampleCount float64
	Unit        string
}

// series computes the figures of an instance since its last boot: the same
// call gives the same figures. A period that has only begun is included, as
// CloudWatch does. Like CloudWatch it does not sort them by time.
func (s *Server) series(region string, q metricQuery) []datapoint {
	kind, known := metricKinds(q.Namespace)[q.MetricName]
	i := s.measured(region, q.Dimensions)
	if !known || i == nil || (q.Unit != "" && q.Unit != kind.unit) {
		return nil
	}
	img, _ := s.cfg.image(region, i.ImageID)
	if !kind.exists(s.cfg.types[i.InstanceType], img) {
		return nil
	}
	every := 5 * time.Minute
	if i.Monitoring {
		every = time.Minute
	}
	period := max(time.Duration(q.Period)*time.Second, time.Minute)
	now := s.kit.Clock.Now()
	from := latest(q.StartTime.Truncate(period), i.BootedAt.Truncate(period), now.Add(-history).Truncate(period))
	until := now.Add(-i.Figures.Late)
	if q.EndTime.Before(until) {
		until = q.EndTime
	}
	var out []datapoint
	for at := from; at.Before(until); at = at.Add(period) {
		if d, ok := i.aggregate(q.MetricName, kind, at, min(period, until.Sub(at)), every); ok {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b datapoint) int {
		return cmp.Compare(noise(a.Timestamp.String()), noise(b.Timestamp.String()))
	})
	return out
}

// measured returns the running instance that the dimensions name.
func (s *Server) measured(region string, dims []dimension) *instance {
	if len(dims) != 1 || dims[0].Name != "InstanceId" {
		return nil
	}
	i := s.st.Instances[dims[0].Value]
	if i == nil || i.Region != region || i.State != running || i.Figures.Absent {
		return nil
	}
	return i
}

// aggregate sums up the samples that begin in a period, one each `every`.
func (i *instance) aggregate(name string, kind metricKind, at time.Time, period, every time.Duration) (datapoint, bool) {
	d := datapoint{Timestamp: at, Unit: kind.unit, Minimum: math.Inf(1), Maximum: math.Inf(-1)}
	first := at.Truncate(every)
	if first.Before(at) {
		first = first.Add(every)
	}
	for sample := first; sample.Before(at.Add(period)); sample = sample.Add(every) {
		v := i.sample(name, kind, sample)
		d.Sum += v
		d.Minimum, d.Maximum = min(d.Minimum, v), max(d.Maximum, v)
		d.SampleCount++
	}
	d.Average = d.Sum / max(d.SampleCount, 1)
	return d, d.SampleCount > 0
}

func (i *instance) sample(name string, kind metricKind, at time.Time) float64 {
	if v, ok := i.Figures.Fixed[name]; ok {
		return v
	}
	v := kind.low + noise(i.ID+name+strconv.FormatInt(at.Unix(), 10))*(kind.high-kind.low)
	return math.Round(v*100) / 100
}

// noise is a number in 0..1 that looks random and depends on the text only.
func noise(text string) float64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // a hash never fails
	x := h.Sum64()
	x ^= x >> 31 // FNV leaves the high bits of similar texts alike
	x *= 0x9e3779b97f4a7c15
	return float64(x>>11) / (1 << 53)
}

func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }
