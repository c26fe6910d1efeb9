package command

import (
	"github.com/lablet-cloud-manager/lcm/core/readmodel"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/task"
)

// The index fields of tasks that others do not have.
const (
	FieldTaskKind  = "kind"
	FieldSubject   = "subject"
	FieldCreatedBy = "created_by"
	FieldOpen      = "open"
)

// TaskKind says how tasks are stored and projected.
func TaskKind() repo.Kind[task.Task] {
	return repo.Kind[task.Task]{
		Name: readmodel.KindTask, Collection: "tasks", Label: "task", Schema: 1,
		Root: func(t *task.Task) *aggregate.Root { return &t.Root },
		Index: func(t *task.Task) (string, map[string]string) {
			return "", map[string]string{
				FieldStatus: string(t.Status), FieldTaskKind: t.Kind, FieldSubject: t.Subject.ID, FieldCreatedBy: t.CreatedBy, FieldOpen: flag(!t.Finished()),
			}
		},
		Fields:  []string{FieldStatus, FieldTaskKind, FieldSubject, FieldCreatedBy, FieldOpen},
		Model:   func(t *task.Task, m repo.Meta) any { return t.Model(m.Version, m.Generation) },
		Settled: (*task.Task).Finished,
	}
}
