package api

import (
	"net/http"

	"github.com/lablet-cloud-manager/lcm/core/booking"
)

// ScheduleOne places one instance on a worker. RouteSchedule does the same for many.
type ScheduleOne struct {
	ID   string `path:"id" minLength:"1" maxLength:"128"`
	Body ScheduleOneBody
}

// ScheduleOneBody names the worker. Generation is what the scheduler decided on; the present one when left out.
type ScheduleOneBody struct {
	WorkerID    string `json:"worker_id" minLength:"1" maxLength:"128"`
	ScheduledBy string `json:"scheduled_by" maxLength:"128"`
	Generation  int64  `json:"generation,omitempty" minimum:"0"`
}

// AllocatePorts asks for the ports of an instance. They are booked when it is placed, so that the answer tells which.
type AllocatePorts struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
}

// AllocatedPorts are the ports that an instance has on its worker.
type AllocatedPorts struct {
	InstanceID     string         `json:"instance_id"`
	WorkerID       string         `json:"worker_id"`
	AllocatedPorts []booking.Port `json:"allocated_ports"`
}

// The internal routes of instances in the form of the older contract: one instance at a time, and PUT besides POST where the
// older sources differ.
var (
	RouteScheduleOne = Route[ScheduleOne, Ack]{internalInstance(
		"schedule-instance", http.MethodPost, "/{id}/schedule", "Place an instance on a worker",
		append([]string{"worker_not_found", "worker_not_placeable", "invalid_transition"}, bookRefusals()...)...)}
	RouteAllocatePorts = Route[AllocatePorts, AllocatedPorts]{internalInstance(
		"allocate-instance-ports", http.MethodPost, "/{id}/allocate-ports", "Get the ports of an instance", "not_placed")}
	RoutePutPorts = Route[AllocatePorts, AllocatedPorts]{internalInstance(
		"put-instance-ports", http.MethodPut, "/{id}/ports", "Get the ports of an instance", "not_placed")}
	RoutePutTransition = Route[Transition, Ack]{put(RouteTransition.Info, "put-instance-transition")}
)

// bookRefusals are the codes with which a worker's book refuses an entry.
func bookRefusals() []string {
	return []string{
		string(booking.InsufficientCPU), string(booking.InsufficientMemory), string(booking.InsufficientStorage),
		string(booking.InsufficientNodes), string(booking.InsufficientPorts), string(booking.BookFull), string(booking.NotBooked),
	}
}

// put is the same operation by the other method.
func put(info Info, id string) Info {
	info.ID, info.Method = id, http.MethodPut
	return info
}
