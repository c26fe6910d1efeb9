package placement

import (
	"fmt"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// refuse runs the filters in their order; the first that refuses says why.
func (m *machine) refuse(lab Lab, request booking.Request, now time.Time, margin time.Duration) *Refusal {
	if !m.worker.Placeable {
		return m.refusal(NotPlaceable, orUnknown(m.worker.NotPlaceable))
	}
	if !m.worker.License.Type.Covers(lab.Definition.LicenseAffinity) {
		return m.refusal(License, fmt.Sprintf("a %s licence does not cover %v", orUnknown(string(m.worker.License.Type)), lab.Definition.LicenseAffinity))
	}
	_, refusal := m.book.Fit(m.limits, request, now, margin)
	if refusal != nil && refusal.Code != booking.InsufficientPorts {
		return m.refusalAt(Capacity, refusal)
	}
	if reason := amiRefusal(m.worker, lab.Definition); reason != "" {
		return m.refusal(AMI, reason)
	}
	if refusal != nil {
		return m.refusalAt(Ports, refusal)
	}
	return nil
}

func (m *machine) refusal(category Category, detail string) *Refusal {
	return &Refusal{WorkerID: m.worker.ID, Category: category, Detail: detail}
}

func (m *machine) refusalAt(category Category, r *booking.Refusal) *Refusal {
	return &Refusal{WorkerID: m.worker.ID, Category: category, Detail: r.Message, FreeAt: r.FreeAt}
}

func amiRefusal(w readmodel.Worker, d readmodel.Definition) string {
	for _, need := range d.Requirements.AMIRequirements {
		if reason := need.Refusal(w.Installation()); reason != "" {
			return reason
		}
	}
	return ""
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return text
}

// better reports whether a is to be taken before b: the fuller one, then the one that is in use anyway. The caller goes
// through workers by id, so that the lower id wins a tie.
func better(a, b *machine, request booking.Request, now time.Time, margin time.Duration) bool {
	fullA, fullB := a.fullness(request, now, margin), b.fullness(request, now, margin)
	if fullA != fullB {
		return fullA > fullB
	}
	return len(a.book.Entries) > 0 && len(b.book.Entries) == 0
}

// fullness is the share of vCPU and memory that is taken at the peak of the window.
func (m *machine) fullness(request booking.Request, now time.Time, margin time.Duration) float64 {
	peak := m.book.Peak(request.Window, now, margin)
	return (share(peak.CPUCores, m.limits.Declared.CPUCores) + share(peak.MemoryGB, m.limits.Declared.MemoryGB)) / 2
}

func share(taken, of int) float64 {
	if of <= 0 {
		return 1
	}
	return float64(taken) / float64(of)
}
