package settings

import (
	"math"
	"strconv"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func (s *Settings) check() error {
	switch {
	case s.Monitoring != nil && s.Monitoring.MetricsPollSeconds < 1:
		return bad("monitoring: worker_metrics_poll_interval_seconds must be at least 1.")
	case s.Idle != nil && s.Idle.Enabled && s.Idle.TimeoutMinutes < 1:
		return bad("idle_detection: timeout_minutes must be at least 1.")
	case s.Idle != nil && s.Idle.CheckIntervalSeconds < 0:
		return bad("idle_detection: check_interval_seconds must not be negative.")
	}
	if err := s.Provisioning.check(); err != nil {
		return err
	}
	if err := checkDiscovery(s.Discovery); err != nil {
		return err
	}
	if s.Audit != nil && (s.Audit.RetentionDays < LeastRetentionDays || s.Audit.RetentionDays > MostRetentionDays) {
		return failure.New(failure.Invalid, "bad_settings", "audit: retention_days must be between %d and %d.", LeastRetentionDays, MostRetentionDays)
	}
	return s.Timing.check()
}

func (p *Provisioning) check() error {
	if p == nil {
		return nil
	}
	if p.MaxWorkersPerRegion < 0 {
		return bad("worker_provisioning: max_workers_per_region must not be negative.")
	}
	for _, images := range []map[string]string{p.AMIIDs, p.AMINames} {
		for region, image := range images {
			if !IsRegion(region) || image == "" {
				return bad("worker_provisioning: images are given by region, such as us-east-1; " + strconv.Quote(region) + " is none or has none.")
			}
		}
	}
	return nil
}

// IsRegion reports whether a text can be the name of an AWS region, such as us-east-1 or us-gov-west-1.
func IsRegion(name string) bool {
	words := strings.Split(name, "-")
	if len(words) < 3 || len(name) > 32 {
		return false
	}
	for _, word := range words {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return true
}

func checkDiscovery(d *readmodel.Discovery) error {
	if d == nil || !d.Enabled {
		return nil
	}
	if len(d.Regions) == 0 || d.AMINamePattern == "" || d.ScanIntervalSeconds < 1 {
		return bad("discovery: it needs regions, ami_name_pattern and a scan_interval_seconds of at least 1 when it is enabled.")
	}
	return nil
}

func (t *Timing) check() error {
	if t == nil {
		return nil
	}
	for _, minutes := range []float64{
		t.WorkerBootMinutes, t.InstantiationMinutes, t.TeardownMarginMinutes, t.MissedGraceMinutes, t.ArchiveHoldMinutes,
	} {
		if minutes < 0 || math.IsNaN(minutes) {
			return bad("timing: times must not be negative.")
		}
	}
	if t.GradingTimeoutMinutes <= 0 || math.IsNaN(t.GradingTimeoutMinutes) {
		return bad("timing: grading_timeout_minutes must be more than 0, else no lab is ever graded; a group is given whole.")
	}
	return nil
}

func bad(message string) error { return failure.New(failure.Invalid, "bad_settings", "%s", message) }
