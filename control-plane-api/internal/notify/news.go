package notify

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/definition"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
)

// The types of the events that owners get, without prefix.
const (
	EventLabStarted        = "owner_notification.lab_started.v1"
	EventLabCompleted      = "owner_notification.lab_completed.v1"
	EventLabFailed         = "owner_notification.lab_failed.v1"
	EventGradingFailed     = "owner_notification.grading_failed.v1"
	EventContentSyncFailed = "owner_notification.content_sync_failed.v1"
)

// News is the data of every event. It names no person: who may know asks the API.
type News struct {
	DefinitionID      string     `json:"definition_id"`
	DefinitionName    string     `json:"definition_name"`
	DefinitionVersion string     `json:"definition_version"`
	InstanceID        string     `json:"instance_id,omitempty"`
	Reason            string     `json:"reason,omitempty"`
	Message           string     `json:"message,omitempty"`
	StartedAt         *time.Time `json:"started_at,omitempty"`
	EndedAt           *time.Time `json:"ended_at,omitempty"`
	Score             *Score     `json:"score,omitempty"`
	At                time.Time  `json:"at"`
}

// Score is the result of a lab without its checks.
type Score struct {
	Earned     float64 `json:"total_points_earned"`
	Possible   float64 `json:"total_points_possible"`
	Percentage float64 `json:"percentage"`
	Passed     *bool   `json:"passed,omitempty"`
}

// fact is what of a domain event's data decides whether it is news.
type fact struct {
	Resumed      bool            `json:"resumed"`
	Reason       string          `json:"reason"`
	FromState    string          `json:"from_state"`
	TerminatedBy string          `json:"terminated_by"`
	Score        json.RawMessage `json:"score"`
	SyncStatus   string          `json:"sync_status"`
	Error        string          `json:"error_message"`
}

// watched are the domain events that may be news.
func watched() []string {
	return []string{instance.EventRunning, instance.EventArchived, instance.EventTerminated, instance.EventScoreRecorded, definition.EventContentSynced}
}

// mayMatter reports whether a stored change may hold news, without reading it: most hold none.
func mayMatter(kind readmodel.Kind, raw []byte) bool {
	if kind != readmodel.KindInstance && kind != readmodel.KindDefinition {
		return false
	}
	return slices.ContainsFunc(watched(), func(name string) bool { return bytes.Contains(raw, []byte(`"`+name+`"`)) })
}

// newsOf tells what kind of news a domain event is; empty where it is none. began tells whether the lab had begun.
func newsOf(e journal.Event, f fact, began bool) string {
	switch e.Type {
	case instance.EventRunning:
		if !f.Resumed {
			return EventLabStarted
		}
	case instance.EventArchived:
		return EventLabCompleted
	case instance.EventTerminated:
		return endOf(f, began)
	case instance.EventScoreRecorded:
		if none := len(f.Score) == 0 || string(f.Score) == "null"; none && f.Reason != "not_configured" {
			return EventGradingFailed
		}
	case definition.EventContentSynced:
		if f.SyncStatus == definition.SyncFailed {
			return EventContentSyncFailed
		}
	}
	return ""
}

// endOf judges the end of a lab that was not archived before. What a person ends is complete if it had begun; what a service
// ends has failed.
func endOf(f fact, began bool) string {
	switch {
	case f.FromState == "archived":
		return ""
	case slices.Contains(services(), f.TerminatedBy):
		return EventLabFailed
	case began:
		return EventLabCompleted
	default:
		return ""
	}
}

// services are the actors that are no persons.
func services() []string {
	return []string{call.Self, "resource-scheduler", "worker-controller", "lablet-controller"}
}

// wanted reports whether an owner wants to be told news of a type.
func wanted(n *definition.Notification, event string) bool {
	switch event {
	case EventLabStarted:
		return n.NotifyOnStart
	case EventLabCompleted:
		return n.NotifyOnComplete
	default:
		return n.NotifyOnError
	}
}

// tell fills in what there is to say.
func tell(d *definition.Definition, i *instance.Instance, f fact, at time.Time) News {
	news := News{DefinitionID: d.ID, DefinitionName: d.Name, DefinitionVersion: d.Version, Reason: f.Reason, Message: f.Error, At: at}
	if i == nil {
		return news
	}
	news.InstanceID, news.StartedAt, news.EndedAt = i.ID, i.StartedAt, i.EndedAt
	if s := i.Score; s != nil {
		news.Score = &Score{Earned: s.Earned, Possible: s.Possible, Percentage: s.Percentage, Passed: s.Passed}
	}
	return news
}
