package api

import (
	"net/http"
	"time"
)

// BulkImport hands over what a scan of a region found. What is unknown becomes a worker, what is known is brought up to
// date. With a task it answers that import.
type BulkImport struct {
	Body BulkImportBody
}

// BulkImportBody is one scan.
type BulkImportBody struct {
	AWSRegion string              `json:"aws_region" minLength:"1" maxLength:"32"`
	Source    string              `json:"source,omitempty" maxLength:"64" default:"discovery"`
	Instances []DiscoveredMachine `json:"discovered_instances" maxItems:"1000"`
	// ObservedAt is when EC2 was asked; what has changed since is left alone. Now when it is left out.
	ObservedAt *time.Time `json:"observed_at,omitempty"`
	TaskID     string     `json:"task_id,omitempty" maxLength:"128" doc:"Import that this scan answers: only what it asked for is imported, and it is completed."`
}

// DiscoveredMachine is a machine as EC2 shows it.
type DiscoveredMachine struct {
	InstanceID       string     `json:"instance_id" minLength:"1" maxLength:"64"`
	State            string     `json:"state" minLength:"1" maxLength:"40"`
	PublicIP         string     `json:"public_ip,omitempty" maxLength:"64"`
	PrivateIP        string     `json:"private_ip,omitempty" maxLength:"64"`
	InstanceType     string     `json:"instance_type" minLength:"1" maxLength:"64"`
	ImageID          string     `json:"image_id" maxLength:"64"`
	ImageName        string     `json:"image_name,omitempty" maxLength:"128"`
	ImageCreated     string     `json:"image_creation_date,omitempty" maxLength:"40"`
	LaunchTime       *time.Time `json:"launch_time,omitempty"`
	Name             string     `json:"name,omitempty" maxLength:"255" doc:"The Name tag."`
	WorkerID         string     `json:"worker_id,omitempty" maxLength:"128" doc:"The lcm:worker_id tag; such a machine is somebody's already."`
	ImageDescription string     `json:"image_description,omitempty" maxLength:"255"`
}

// ImportedWorker is a worker that an import made or changed.
type ImportedWorker struct {
	WorkerID   string `json:"worker_id"`
	InstanceID string `json:"instance_id"`
	Name       string `json:"name"`
	Status     string `json:"status"`
}

// SkippedMachine is a machine that an import left alone.
type SkippedMachine struct {
	InstanceID string `json:"instance_id"`
	Reason     string `json:"reason"`
}

// ImportResult tells what became of a scan.
type ImportResult struct {
	Imported      []ImportedWorker `json:"imported"`
	Updated       []ImportedWorker `json:"updated"`
	Skipped       []SkippedMachine `json:"skipped"`
	TotalFound    int              `json:"total_found"`
	TotalImported int              `json:"total_imported"`
	TotalUpdated  int              `json:"total_updated"`
	TotalSkipped  int              `json:"total_skipped"`
}

// RouteBulkImport is called by worker-controller.
var RouteBulkImport = Route[BulkImport, ImportResult]{internalWorker(
	"bulk-import-workers", http.MethodPost, "/bulk-import", "Take what a scan of a region found", "bad_region", "task_not_found", "task_finished")}
