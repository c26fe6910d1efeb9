package command

import (
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/worker"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// The index fields of workers and instances.
const (
	FieldStatus     = "status"
	FieldRegion     = "aws_region"
	FieldSeat       = "license_seat"
	FieldBooked     = "booked"
	FieldMachine    = "ec2_instance_id"
	FieldRemove     = "remove"
	FieldOwner      = "owner_id"
	FieldWorker     = "worker_id"
	FieldDefinition = "definition_id"
	FieldSession    = "lds_session_id"
	FieldSlotEnd    = "slot_end"
	FieldSlotStart  = "slot_start"
	FieldGroup      = "group_id"
	FieldClean      = "clean"
)

// Yes is the value of an index field that is a flag.
const Yes = "yes"

// maxWorkerModel is the limit of a worker's read model, its book included.
const maxWorkerModel = 512 << 10

// WorkerKind says how workers are stored and projected.
func WorkerKind() repo.Kind[worker.Worker] {
	return repo.Kind[worker.Worker]{
		Name: readmodel.KindWorker, Collection: "cml_workers", Label: "worker", Schema: 1,
		Root: func(w *worker.Worker) *aggregate.Root { return &w.Root },
		Index: func(w *worker.Worker) (string, map[string]string) {
			return "", map[string]string{
				FieldStatus: string(w.Status), FieldRegion: w.AWSRegion, FieldSeat: w.License.Seat, FieldBooked: flag(len(w.Book.Entries) > 0),
				FieldMachine: w.EC2InstanceID, FieldRemove: flag(w.Remove),
			}
		},
		Fields:   []string{FieldStatus, FieldRegion, FieldSeat, FieldBooked, FieldMachine, FieldRemove},
		Model:    func(w *worker.Worker, m repo.Meta) any { return w.Model(m.Version, m.Generation) },
		Redact:   []string{"license_token_sealed"},
		Settled:  (*worker.Worker).Settled,
		MaxModel: maxWorkerModel, TooLarge: "book_full",
	}
}

// InstanceKind says how instances are stored and projected.
func InstanceKind() repo.Kind[instance.Instance] {
	return repo.Kind[instance.Instance]{
		Name: readmodel.KindInstance, Collection: "lablet_instances", Label: "instance", Schema: 1,
		Root:  func(i *instance.Instance) *aggregate.Root { return &i.Root },
		Index: instanceIndex,
		Fields: []string{
			FieldStatus, FieldOwner, FieldWorker, FieldDefinition, FieldSession, FieldSlotEnd, FieldSlotStart, FieldGroup, FieldClean,
		},
		Model:   func(i *instance.Instance, m repo.Meta) any { return i.Model(m.Version, m.Generation) },
		Redact:  []string{"lds_login_url"},
		Settled: (*instance.Instance).Settled,
	}
}

func instanceIndex(i *instance.Instance) (string, map[string]string) {
	fields := map[string]string{
		FieldStatus: string(i.Status), FieldOwner: i.OwnerID, FieldWorker: i.WorkerID, FieldDefinition: i.Definition.ID,
		FieldSession: i.LDSSessionID, FieldClean: flag(len(i.Finalizers) == 0), FieldGroup: i.GroupID,
	}
	if i.Slot.Start != nil {
		fields[FieldSlotStart] = store.FormatTime(*i.Slot.Start)
	}
	if i.Slot.End != nil {
		fields[FieldSlotEnd] = store.FormatTime(*i.Slot.End)
	}
	return ReservationKey(i.ReservationID), fields
}

// ReservationKey is the unique value of an instance with a reservation; empty, which stands for the id, without one. The
// prefix keeps reservations and ids apart.
func ReservationKey(reservation string) string {
	if reservation == "" {
		return ""
	}
	return "reservation:" + reservation
}

func flag(on bool) string {
	if on {
		return Yes
	}
	return ""
}
