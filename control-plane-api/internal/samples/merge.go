package samples

import (
	"math"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/figures"
)

const (
	// usualStep is by how many per cent a figure must move to be put to etcd again, stale the age at which it is put all the same.
	usualStep = 5
	stale     = 5 * time.Minute
)

// merge lays a report over what is there. Parts come from different sources at different times: each is taken if it is not
// older than the one that is there.
func merge(had figures.Sample, r figures.Report, now time.Time) figures.Sample {
	next := had
	if r.EC2 != nil && (had.EC2 == nil || !r.EC2.CollectedAt.Before(had.EC2.CollectedAt)) {
		next.EC2 = r.EC2
	}
	if r.CML != nil && (had.CML == nil || !r.CML.CollectedAt.Before(had.CML.CollectedAt)) {
		next.CML = r.CML
		if r.SystemInfo != nil {
			next.SystemInfo = r.SystemInfo
		}
		if r.SystemHealth != nil {
			next.SystemHealth = r.SystemHealth
		}
	}
	if r.EC2CheckedAt != nil {
		next.EC2CheckedAt = r.EC2CheckedAt
	}
	if r.PollIntervalSeconds > 0 {
		next.PollIntervalSeconds = r.PollIntervalSeconds
	}
	if r.NextRefreshAt != nil {
		next.NextRefreshAt = r.NextRefreshAt
	}
	next.UpdatedAt = now
	return next
}

// moved reports whether what etcd was given last is out of date. step is in per cent.
func moved(s figures.Sample, step float64, now time.Time) bool {
	if s.Published == nil || now.Sub(s.PublishedAt) >= stale {
		return true
	}
	was, is := numbers(*s.Published), numbers(s.WorkerSample)
	for i := range is {
		if differs(was[i], is[i], step) {
			return true
		}
	}
	return false
}

func differs(was, is *float64, step float64) bool {
	if was == nil || is == nil {
		return was != is
	}
	if *was == 0 {
		return *is != 0
	}
	return 100*math.Abs(*is-*was)/math.Abs(*was) >= step
}

// numbers lists all that may move, always in the same order. Uptime always moves and tells nothing.
func numbers(s readmodel.WorkerSample) []*float64 {
	e, c := s.EC2, s.CML
	if e == nil {
		e = &readmodel.EC2Sample{}
	}
	if c == nil {
		c = &readmodel.CMLSample{}
	}
	return []*float64{
		e.CPUUtilization, e.MemoryUtilization, e.NetworkInBytes, e.NetworkOutBytes, c.CPUPercent, c.MemoryPercent, c.DiskPercent,
		number(c.LabsCount), number(c.TotalNodes), number(c.RunningNodes),
	}
}

func number(n *int) *float64 {
	if n == nil {
		return nil
	}
	f := float64(*n)
	return &f
}
