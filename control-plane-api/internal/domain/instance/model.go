package instance

import "github.com/lablet-cloud-manager/lcm/core/readmodel"

// Model is the instance's read model; the launch URL is not in it.
func (i *Instance) Model(version, generation int64) readmodel.Instance {
	return readmodel.Instance{
		ID: i.ID, Version: version, Generation: generation, DefinitionID: i.Definition.ID, DefinitionName: i.Definition.Name,
		DefinitionVersion: i.Definition.Version, OwnerID: i.OwnerID, ReservationID: i.ReservationID, GroupID: i.GroupID,
		Status: i.Status, DesiredStatus: i.DesiredStatus, TimeslotStart: i.Slot.Start, TimeslotEnd: i.Slot.End,
		DurationMinutes: i.Slot.Duration.Minutes(), ASAP: i.Slot.ASAP, LeadSeconds: i.Slot.Lead.Seconds(), WorkerID: i.WorkerID,
		Attempt: i.Attempt, Requeues: i.Requeues, AllocatedPorts: i.Ports, CMLLabID: i.CMLLabID, LDSSessionID: i.LDSSessionID,
		LoginReady: i.LoginURL != "", Graded: i.Graded, Steps: i.Steps, Conditions: i.Conditions, Finalizers: i.Finalizers,
		StatusSince: i.StatusSince, CreatedAt: i.CreatedAt, UpdatedAt: i.UpdatedAt,
	}
}
