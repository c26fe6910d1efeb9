package worker

import (
	"slices"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Checks are EC2's status checks, in EC2's words: ok, impaired, insufficient-data, not-applicable, initializing.
type Checks struct {
	Instance string `json:"ec2_instance_state_detail,omitempty"`
	System   string `json:"ec2_system_status_check,omitempty"`
}

// The events of a worker's upkeep.
const (
	EventTagsUpdated       = "cml_worker.tags.updated.v1"
	EventMonitoringUpdated = "cml_worker.cloudwatch_monitoring_updated.v1"
	EventChecksUpdated     = "cml_worker.ec2_checks.updated.v1"
	EventCertificateReset  = "cml_worker.certificate.reset.v1"
)

type tagsUpdated struct {
	base
	Tags      map[string]string `json:"aws_tags"`
	UpdatedAt time.Time         `json:"updated_at"`
}

type monitoringUpdated struct {
	base
	Enabled   bool      `json:"enabled"`
	UpdatedAt time.Time `json:"updated_at"`
}

type checksUpdated struct {
	base
	Instance  string    `json:"instance_state_detail,omitempty"`
	System    string    `json:"system_status_check,omitempty"`
	CheckedAt time.Time `json:"checked_at"`
}

// What EC2 takes of tags; some of its fifty are LCM's own.
const (
	maxTags     = 40
	maxTagKey   = 128
	maxTagValue = 256
)

// SetTags replaces the tags that are wanted on the machine. Keys that EC2 or LCM keep for themselves are refused (bad_tags).
func (w *Worker) SetTags(tags map[string]string, act parts.Act) error {
	if err := w.alive(); err != nil {
		return err
	}
	next := make([]readmodel.Tag, 0, len(tags))
	for key, value := range tags {
		if err := checkTag(key, value); err != nil {
			return err
		}
		next = append(next, readmodel.Tag{Key: key, Value: value})
	}
	if len(next) > maxTags {
		return failure.New(failure.Invalid, "bad_tags", "A machine may have %d tags besides LCM's own.", maxTags)
	}
	slices.SortFunc(next, func(a, b readmodel.Tag) int { return strings.Compare(a.Key, b.Key) })
	if slices.Equal(next, w.Tags) {
		return nil
	}
	w.Tags = next
	w.Raise(EventTagsUpdated, tagsUpdated{base: base{w.ID}, Tags: tags, UpdatedAt: act.At})
	w.refresh(act.At)
	return nil
}

func checkTag(key, value string) error {
	switch lower := strings.ToLower(key); {
	case key == "" || len(key) > maxTagKey || len(value) > maxTagValue:
		return failure.New(failure.Invalid, "bad_tags", "A tag's key has 1 to %d bytes, its value at most %d.", maxTagKey, maxTagValue)
	case strings.HasPrefix(lower, "aws:"), strings.HasPrefix(lower, "lcm:"), lower == "name":
		return failure.New(failure.Invalid, "bad_tags", "The tag %q is not yours to set: by it machines are known.", key)
	}
	return nil
}

// SetMonitoring asks for figures by the minute, or no longer (worker_not_launched, worker_terminated).
func (w *Worker) SetMonitoring(on bool, act parts.Act) error {
	if err := w.alive(); err != nil {
		return err
	}
	if w.EC2InstanceID == "" {
		return failure.New(failure.Conflict, "worker_not_launched", "The worker has no machine yet.")
	}
	if w.DetailedMonitoring == on {
		return nil
	}
	w.DetailedMonitoring = on
	w.Raise(EventMonitoringUpdated, monitoringUpdated{base: base{w.ID}, Enabled: on, UpdatedAt: act.At})
	w.refresh(act.At)
	return nil
}

// Describe takes details of the machine; what is empty is left as it was.
func (w *Worker) Describe(o Observation, act parts.Act) error {
	if err := w.alive(); err != nil {
		return err
	}
	o.Status = w.Status
	if w.describe(o, act) {
		w.refresh(act.At)
	}
	return nil
}

// SetChecks takes EC2's status checks; what is empty is left as it was.
func (w *Worker) SetChecks(c Checks, act parts.Act) {
	instance := set(&w.Checks.Instance, c.Instance)
	if system := set(&w.Checks.System, c.System); !instance && !system {
		return
	}
	w.Note(EventChecksUpdated, checksUpdated{base: base{w.ID}, Instance: w.Checks.Instance, System: w.Checks.System, CheckedAt: act.At})
	w.refresh(act.At)
}

// ResetCertificate forgets the pinned certificate, so that the next contact pins anew. Without one it is no change.
func (w *Worker) ResetCertificate(act parts.Act) error {
	if err := w.alive(); err != nil {
		return err
	}
	if w.TLSPin == "" {
		return nil
	}
	old := w.TLSPin
	w.TLSPin = ""
	w.Raise(EventCertificateReset, certificatePinned{base: base{w.ID}, Fingerprint: old, PinnedAt: act.At})
	w.refresh(act.At)
	return nil
}

// alive refuses what makes no sense for a worker that is over or on its way there.
func (w *Worker) alive() error {
	if w.Terminal() || w.DesiredStatus == lifecycle.WorkerTerminated {
		return failure.New(failure.Conflict, "worker_terminated", "The worker is terminated or on its way there.")
	}
	return nil
}
