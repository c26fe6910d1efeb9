package query

import (
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

// InstanceSummary is an instance as a list shows it.
func InstanceSummary(i *instance.Instance) api.InstanceSummary {
	return api.InstanceSummary{
		ID: i.ID, DefinitionID: i.Definition.ID, DefinitionName: i.Definition.Name, DefinitionVersion: i.Definition.Version,
		OwnerID: i.OwnerID, WorkerID: i.WorkerID, Status: i.Status, DesiredStatus: i.DesiredStatus, TimeslotStart: i.Slot.Start,
		TimeslotEnd: i.Slot.End, DurationMinutes: i.Slot.Duration.Minutes(), ReservationID: i.ReservationID, GroupID: i.GroupID,
		CreatedAt: i.CreatedAt, IsActive: i.Status.Active(), IsTerminal: i.Terminal(), IsPendingExecution: pendingExecution(i.Status),
	}
}

// pendingExecution reports whether the candidate's session is still to begin.
func pendingExecution(s lifecycle.InstanceStatus) bool {
	switch s {
	case lifecycle.InstancePending, lifecycle.InstanceScheduled, lifecycle.InstanceInstantiating, lifecycle.InstanceReady:
		return true
	default:
		return false
	}
}

// InstanceDTO is an instance in full, launch URL included: it is for the owner and those who manage, nobody else.
func InstanceDTO(i *instance.Instance, meta repo.Meta, now time.Time) api.Instance {
	history := transitions(i.StateHistory)
	dto := api.Instance{
		InstanceSummary: InstanceSummary(i), AllocatedPorts: portMap(i.Ports), CMLLabID: i.CMLLabID, StateHistory: history,
		LDSSessionID: i.LDSSessionID, LDSLoginURL: i.LoginURL, GradingScore: scoreDTO(i.Score), GradingRulesURI: i.Definition.GradingRulesURI,
		EvidenceURI: i.EvidenceURI, Attempt: i.Attempt, RetryCount: i.Requeues, Conditions: nonNil(i.Conditions),
		Finalizers: nonNil(i.Finalizers), Steps: nonNil(i.Steps), ScheduledAt: i.ScheduledAt, StartedAt: i.StartedAt, EndedAt: i.EndedAt,
		TerminatedAt: i.TerminatedAt, UpdatedAt: i.UpdatedAt, StateVersion: meta.Version, CanBeTerminated: !i.Terminal(),
		ActualDurationMinutes: actualMinutes(i, now), TransitionCount: len(history),
	}
	if placed, ok := readmodel.FindCondition(i.Conditions, instance.ConditionPlaced); ok && i.Status == lifecycle.InstancePending {
		dto.QueuePosition, dto.ETA = placed.Position, placed.ETA
	}
	if len(history) > 0 {
		dto.LastTransition = &history[len(history)-1]
	}
	return dto
}

func transitions(history []parts.Transition) []api.StateTransition {
	shown := make([]api.StateTransition, 0, len(history))
	for _, line := range history {
		one := api.StateTransition{ToState: line.To, TransitionedAt: line.At, TriggeredBy: line.By, Reason: line.Reason}
		if line.From != "" {
			one.FromState = &line.From
		}
		shown = append(shown, one)
	}
	return shown
}

func actualMinutes(i *instance.Instance, now time.Time) *float64 {
	if i.StartedAt == nil {
		return nil
	}
	end := now
	if i.EndedAt != nil {
		end = *i.EndedAt
	}
	minutes := end.Sub(*i.StartedAt).Minutes()
	return &minutes
}

func scoreDTO(s *instance.Score) *api.GradingScore {
	if s == nil {
		return nil
	}
	checks := make([]api.GradingCheck, 0, len(s.Checks))
	for _, check := range s.Checks {
		checks = append(checks, api.GradingCheck{
			CheckID: check.ID, CheckName: check.Name, Passed: check.Passed, PointsEarned: check.Earned, PointsPossible: check.Possible,
			Message: check.Message,
		})
	}
	return &api.GradingScore{
		TotalPointsEarned: s.Earned, TotalPointsPossible: s.Possible, Percentage: s.Percentage, Passed: s.Passed, CheckResults: checks,
		GradedAt: s.GradedAt, GradingRulesURI: s.RulesURI, GradingRulesVersion: s.RulesVersion, GraderVersion: s.Grader,
		Score: s.Earned, MaxScore: s.Possible, Checks: checks,
	}
}

func portMap(ports []booking.Port) map[string]int {
	byName := make(map[string]int, len(ports))
	for _, port := range ports {
		byName[port.Name] = port.Number
	}
	return byName
}

// nonNil makes an empty list of none, so that it is shown as [] and not as null.
func nonNil[T readmodel.Condition | readmodel.Finalizer | readmodel.Step](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
