package worker

import (
	"slices"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// Report is what CML on the worker says of itself. Nil parts are left as they were.
type Report struct {
	Version          string
	Ready            bool
	License          *LicenseReport
	NodeDefinitions  []string
	ImageDefinitions []string
	Capacity         *resource.Capacity
	CollectedAt      time.Time
}

// LicenseReport is CML's licence state in CML's words.
type LicenseReport struct {
	Registration   string
	Authorization  string
	Product        string
	Enterprise     bool
	NodeLimit      *int
	SmartAccount   string
	VirtualAccount string
	ExpiresAt      *time.Time
}

// ReportCML takes what CML says. A machine that is not running has no ready CML, whatever a late report says. With auto
// the first ready report of an unlicensed CML asks for a registration. A report without a difference is no change.
func (w *Worker) ReportCML(r Report, auto bool, act parts.Act) {
	up := w.Status == lifecycle.WorkerRunning || w.Status == lifecycle.WorkerDraining
	changed := w.takeCML(r, r.Ready && up, act)
	if r.Capacity != nil && w.Derived && !sameCapacity(*r.Capacity, w.DeclaredCapacity) {
		w.DeclaredCapacity, changed = *r.Capacity, true
		w.Raise(EventCapacityUpdated, capacityEvent(w, *r.Capacity, act.At))
	}
	changed = w.refreshed(r.CollectedAt, act) || changed
	if r.License != nil && up {
		changed = w.takeLicense(*r.License, act) || changed
		if auto && w.CML.Ready && !w.License.Asked && w.DesiredStatus == lifecycle.WorkerRunning {
			changed = w.autoRegister(act) || changed
		}
	}
	if changed {
		w.refresh(act.At)
	}
}

func (w *Worker) takeCML(r Report, ready bool, act parts.Act) bool {
	next := w.CML
	next.Ready = ready
	if r.Version != "" {
		next.Version = r.Version
	}
	if r.NodeDefinitions != nil {
		next.NodeDefinitions = slices.Sorted(slices.Values(r.NodeDefinitions))
	}
	if r.ImageDefinitions != nil {
		next.ImageDefinitions = slices.Sorted(slices.Values(r.ImageDefinitions))
	}
	if next.Ready == w.CML.Ready && next.Version == w.CML.Version && slices.Equal(next.NodeDefinitions, w.CML.NodeDefinitions) &&
		slices.Equal(next.ImageDefinitions, w.CML.ImageDefinitions) {
		return false
	}
	seen := r.CollectedAt.UTC()
	next.SeenAt = &seen
	w.CML = next
	w.Raise(EventCMLUpdated, cmlUpdated{
		base: base{w.ID}, Version: next.Version, Ready: ready, NodeDefinitions: len(next.NodeDefinitions),
		ImageDefinitions: len(next.ImageDefinitions), UpdatedAt: act.At,
	})
	switch {
	case ready:
		w.setService(lifecycle.ServiceAvailable, act)
	case w.Status == lifecycle.WorkerRunning || w.Status == lifecycle.WorkerDraining:
		w.setService(lifecycle.ServiceStarting, act)
	}
	return true
}

func (w *Worker) takeLicense(r LicenseReport, act parts.Act) bool {
	before := w.License
	if status := r.status(); status != "" {
		w.License.Status = status
	}
	if kind := r.kind(w.License.Status); kind != "" {
		w.License.Type = kind
	}
	w.License.NodeLimit = r.NodeLimit
	if nodes, ok := w.License.Type.NodeLimit(); ok && r.NodeLimit == nil {
		w.License.NodeLimit = &nodes
	}
	set(&w.License.SmartAccount, r.SmartAccount)
	set(&w.License.VirtualAccount, r.VirtualAccount)
	w.License.Info = r.info()
	if w.License.Status != before.Status || w.License.Type != before.Type || !sameInt(w.License.NodeLimit, before.NodeLimit) {
		w.Raise(EventLicenseUpdated, w.licenseUpdated(act))
		return true
	}
	if !sameInfo(w.License.Info, before.Info) {
		w.Note(EventLicenseUpdated, w.licenseUpdated(act)) // other words for what is known: nobody has to act on them
		return true
	}
	return false
}

func (w *Worker) licenseUpdated(act parts.Act) licenseUpdated {
	return licenseUpdated{
		base: base{w.ID}, Status: string(w.License.Status), Type: string(w.License.Type), NodeLimit: w.License.NodeLimit, Info: w.License.Info,
		UpdatedAt: act.At,
	}
}

// info keeps a report as it is.
func (r LicenseReport) info() *readmodel.CMLLicenseInfo {
	return &readmodel.CMLLicenseInfo{
		RegistrationStatus: r.Registration, AuthorizationStatus: r.Authorization, Product: r.Product, IsEnterprise: r.Enterprise,
		NodeLimit: r.NodeLimit, SmartAccount: r.SmartAccount, VirtualAccount: r.VirtualAccount, ExpiresAt: r.ExpiresAt,
	}
}

func sameInfo(a, b *readmodel.CMLLicenseInfo) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := *a, *b
	x.NodeLimit, x.ExpiresAt, y.NodeLimit, y.ExpiresAt = nil, nil, nil, nil
	return x == y && sameInt(a.NodeLimit, b.NodeLimit) && parts.SameTime(a.ExpiresAt, b.ExpiresAt)
}

// status translates CML's words; empty where they say nothing for good.
func (r LicenseReport) status() lifecycle.LicenseStatus {
	registration, authorization := strings.ToUpper(r.Registration), strings.ToUpper(r.Authorization)
	switch {
	case strings.Contains(registration, "EXPIRED"), strings.Contains(authorization, "EXPIRED"):
		return lifecycle.LicenseExpired
	case strings.HasPrefix(registration, "EVAL"), strings.HasPrefix(authorization, "EVAL"):
		return lifecycle.LicenseEvaluation
	case registration == "COMPLETED", registration == "REGISTERED":
		if authorization == "OUT_OF_COMPLIANCE" {
			return lifecycle.LicenseInvalid
		}
		return lifecycle.LicenseRegistered
	case registration == "NOT_REGISTERED", registration == "UNREGISTERED", registration == "FAILED":
		return lifecycle.LicenseUnregistered
	default:
		return ""
	}
}

func (r LicenseReport) kind(status lifecycle.LicenseStatus) resource.LicenseType {
	switch {
	case status == lifecycle.LicenseEvaluation:
		return resource.LicenseEvaluation
	case strings.Contains(strings.ToLower(r.Product), "personal"):
		return resource.LicensePersonal
	case r.Enterprise:
		return resource.LicenseEnterprise
	default:
		return ""
	}
}

func sameCapacity(a, b resource.Capacity) bool {
	return a.CPUCores == b.CPUCores && a.MemoryGB == b.MemoryGB && a.StorageGB == b.StorageGB && sameInt(a.MaxNodes, b.MaxNodes)
}

func sameInt(a, b *int) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}
