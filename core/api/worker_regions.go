package api

import "net/http"

// NewWorker describes a worker that is wanted.
type NewWorker struct {
	Name         string `json:"name" minLength:"1" maxLength:"64" pattern:"^[A-Za-z0-9][A-Za-z0-9 ._-]*$"`
	InstanceType string `json:"instance_type,omitempty" maxLength:"64" doc:"An EC2 instance type; the template's, else the settings', when left out."`
	TemplateName string `json:"template_name,omitempty" maxLength:"50" doc:"Template that gives capacity, image and licence."`
	AMIID        string `json:"ami_id,omitempty" maxLength:"64" doc:"Image by id; the settings' image of the region when no image is named."`
	AMIName      string `json:"ami_name,omitempty" maxLength:"128" doc:"Image by name or pattern; the newest that matches."`
	CMLVersion   string `json:"cml_version,omitempty" maxLength:"64" doc:"Shown until CML tells its own."`
}

// CreateWorker makes a worker in the region that it names.
type CreateWorker struct {
	Body CreateWorkerBody
}

// CreateWorkerBody is a worker and its region.
type CreateWorkerBody struct {
	AWSRegion string `json:"aws_region,omitempty" maxLength:"32" doc:"The default region when left out."`
	NewWorker
}

// CreateRegionWorker makes a worker in a region.
type CreateRegionWorker struct {
	AWSRegion string `path:"aws_region" minLength:"1" maxLength:"32"`
	Body      NewWorker
}

// ImportBody says which machines are to become workers; one of the fields must.
type ImportBody struct {
	AWSInstanceID string `json:"aws_instance_id,omitempty" maxLength:"64" doc:"One machine."`
	AMIID         string `json:"ami_id,omitempty" maxLength:"64" doc:"All machines of an image."`
	AMIName       string `json:"ami_name,omitempty" maxLength:"128" doc:"All machines of images of that name or pattern."`
	Name          string `json:"name,omitempty" maxLength:"64" doc:"Name of the worker; only with aws_instance_id."`
	ImportAll     bool   `json:"import_all,omitempty" doc:"All machines that discovery would find."`
}

// ImportWorkers imports machines of the region that it names.
type ImportWorkers struct {
	Body ImportWorkersBody
}

// ImportWorkersBody says what to import, and where.
type ImportWorkersBody struct {
	AWSRegion string `json:"aws_region,omitempty" maxLength:"32" doc:"The default region when left out."`
	ImportBody
}

// ImportRegionWorkers imports machines of a region.
type ImportRegionWorkers struct {
	AWSRegion string `path:"aws_region" minLength:"1" maxLength:"32"`
	Body      ImportBody
}

// ImportAccepted answers an import: worker-controller looks for the machines, the task tells what became of it.
type ImportAccepted struct {
	AWSRegion string `json:"aws_region"`
	Status    string `json:"status"`
	Message   string `json:"message"`
	TaskID    string `json:"task_id"`
}

// ListRegionWorkers filters the workers of a region.
type ListRegionWorkers struct {
	AWSRegion string `path:"aws_region" minLength:"1" maxLength:"32"`
	List
	Status            string `query:"status" maxLength:"200"`
	IncludeTerminated bool   `query:"include_terminated"`
	Sort              string `query:"sort" enum:"created_at,status" default:"created_at" doc:"What the list is sorted by."`
	Order             string `query:"order" enum:"asc,desc" default:"asc" doc:"First to last, unless desc is asked for."`
}

// DeleteRegionWorker is DeleteWorker below the region.
type DeleteRegionWorker struct {
	AWSRegion string `path:"aws_region" minLength:"1" maxLength:"32"`
	DeleteWorker
}

// ByInstance names a worker by its machine.
type ByInstance struct {
	AWSRegion  string `path:"aws_region" minLength:"1" maxLength:"32"`
	InstanceID string `path:"instance_id" minLength:"1" maxLength:"64" doc:"EC2's id of the machine."`
}

func regional(id, method, path, summary string, roles []Role, codes ...string) Info {
	return Info{
		ID: id, Method: method, Path: "/api/workers/region/{aws_region}" + path, Tag: "Workers", Summary: summary, Audience: Public,
		Roles: roles, Codes: codes,
	}
}

func creates(info Info) Info {
	info.Success = http.StatusCreated
	return info
}

// The routes of workers by region, and those that make workers.
var (
	RouteCreateWorker = Route[CreateWorker, Worker]{creates(Info{
		ID: "create-worker", Method: http.MethodPost, Path: "/api/workers", Tag: "Workers", Summary: "Make a worker", Audience: Public, Roles: admins(),
		Codes: createWorkerCodes(),
	})}
	RouteCreateRegionWorker = Route[CreateRegionWorker, Worker]{creates(regional("create-worker-in-region", http.MethodPost, "/workers", "Make a worker in a region", admins(), createWorkerCodes()...))}
	RouteImportWorkers      = Route[ImportWorkers, ImportAccepted]{goesOn(Info{
		ID: "import-workers", Method: http.MethodPost, Path: "/api/workers/import", Tag: "Workers", Summary: "Make workers of machines that are there",
		Audience: Public, Roles: admins(), Codes: []string{"import_criteria_required", "bad_region", "worker_exists"},
	})}
	RouteImportRegionWorkers = Route[ImportRegionWorkers, ImportAccepted]{goesOn(regional("import-workers-in-region", http.MethodPost, "/workers/import",
		"Make workers of machines of a region", admins(), "import_criteria_required", "bad_region", "worker_exists"))}
	RouteListRegionWorkers  = Route[ListRegionWorkers, []Worker]{regional("list-workers-in-region", http.MethodGet, "/workers", "List the workers of a region", nil, "bad_status")}
	RouteGetRegionWorker    = Route[RegionWorkerID, Worker]{regional("get-worker-in-region", http.MethodGet, "/workers/{id}", "Get a worker, in its region", nil, "worker_not_found")}
	RouteDeleteRegionWorker = Route[DeleteRegionWorker, Worker]{goesOn(regional("terminate-worker-in-region", http.MethodDelete, "/workers/{id}", "Ask for a worker's end, in its region", admins(),
		"worker_not_found", "worker_in_use", "worker_terminated"))}
	RouteWorkerByInstance = Route[ByInstance, Worker]{regional("get-worker-by-instance", http.MethodGet, "/instance/{instance_id}", "Get a worker by its machine", nil, "worker_not_found")}
)

func createWorkerCodes() []string {
	return []string{"template_not_found", "template_disabled", "bad_region", "bad_instance_type", "image_required", "region_full"}
}

func workerRegionRoutes() []Described {
	return []Described{
		RouteCreateWorker, RouteCreateRegionWorker, RouteImportWorkers, RouteImportRegionWorkers, RouteListRegionWorkers,
		RouteWorkerByInstance, RouteGetRegionWorker, RouteDeleteRegionWorker,
	}
}
