package stream

import (
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// renamed gives the stream's name of a domain event where the two differ by more than prefix and suffix.
func renamed(event string) string {
	switch event {
	case "cml_worker.instance.assigned.v1":
		return "worker.ec2_details.updated"
	case "cml_worker.data_refresh.requested.v1":
		return "worker.refresh.requested"
	case "cml_worker.data_refresh.skipped.v1":
		return "worker.refresh.skipped"
	case "cml_worker.data_refresh.completed.v1":
		return "worker.data.refreshed"
	case "cml_worker.activity_updated.v1":
		return "worker.activity.updated"
	case "cml_worker.idle_detection_toggled.v1":
		return "worker.idle_detection.toggled"
	case "lablet_instance.instantiating.v1", "lablet_instance.ready.v1", "lablet_instance.running.v1", "lablet_instance.collecting.v1",
		"lablet_instance.grading.v1", "lablet_instance.stopping.v1", "lablet_instance.stopped.v1", "lablet_instance.archived.v1",
		"lablet_instance.requeued.v1":
		return "lablet-instance.status.updated"
	case "lablet_definition.version_created.v1":
		return "lablet-definition.created"
	case "lablet_definition.content_synced.v1", "lablet_definition.sync_requested.v1", "lablet_definition.activated.v1",
		"lablet_definition.deactivated.v1", "lablet_definition.deprecated.v1", "lablet_definition.archived.v1", "lablet_definition.warm_pool_updated.v1":
		return "lablet-definition.updated"
	case "worker_template.enabled.v1", "worker_template.disabled.v1":
		return "worker-template.updated"
	default:
		return ""
	}
}

// nameOf is the stream's name of a domain event: cml_worker.status.updated.v1 is worker.status.updated.
func nameOf(event string) string {
	if name := renamed(event); name != "" {
		return name
	}
	name := event
	if at := strings.LastIndex(name, ".v"); at > 0 && strings.Trim(name[at+2:], "0123456789") == "" {
		name = name[:at]
	}
	first, rest, found := strings.Cut(name, ".")
	if !found {
		return name
	}
	switch first {
	case "cml_worker":
		first = "worker"
	case "worker_template", "lablet_definition", "lablet_instance":
		first = strings.ReplaceAll(first, "_", "-")
	}
	return first + "." + rest
}

// typeLabs is the name of frames that tell those who watch workers of their labs.
const typeLabs = "worker.labs.updated"

// labsAction says what became of a worker's labs by an event; empty where the event is not about that.
func labsAction(event string) string {
	switch event {
	case "lab_record.created.v1", "lab_record.discovered.v1", "lab_record.imported.v1", "lab_record.cloned.v1":
		return "created"
	case "lab_record.updated.v1", "lab_record.revision_created.v1":
		return "updated"
	case "lab_record.state_changed.v1", "lab_record.deleted.v1", "lab_record.orphaned.v1", "lab_record.archived.v1":
		return "state_changed"
	default:
		return ""
	}
}

// snapshotName is the name of the frame that shows what there is of a kind.
func snapshotName(kind readmodel.Kind) string {
	switch kind {
	case readmodel.KindWorker:
		return "worker.snapshot"
	case readmodel.KindInstance:
		return "lablet.instance.snapshot"
	case readmodel.KindDefinition:
		return "lablet.definition.snapshot"
	case readmodel.KindTemplate:
		return "worker.template.snapshot"
	case readmodel.KindLabRecord:
		return "lab.snapshot"
	default:
		return ""
	}
}

// idField names the field of a frame's data that holds the aggregate's id.
func idField(kind readmodel.Kind) string {
	switch kind {
	case readmodel.KindWorker:
		return "worker_id"
	case readmodel.KindInstance:
		return "instance_id"
	case readmodel.KindDefinition:
		return "definition_id"
	case readmodel.KindTemplate:
		return "template_id"
	case readmodel.KindLabRecord:
		return "lab_record_id"
	default:
		return "aggregate_id"
	}
}

// movedTo is the status that an event of an instance tells of; empty where it tells of none.
func movedTo(event string) string {
	switch event {
	case "lablet_instance.created.v1", "lablet_instance.requeued.v1":
		return string(lifecycle.InstancePending)
	}
	word := strings.TrimSuffix(strings.TrimPrefix(event, "lablet_instance."), ".v1")
	if status, err := lifecycle.Instances().Parse(word); err == nil && word != event {
		return string(status)
	}
	return ""
}
