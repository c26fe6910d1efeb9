package api

import (
	"net/http"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// ScaleUp asks for one more worker. Demand names what it is for; the worker's id derives from it, so that a repeated
// request makes no second worker.
type ScaleUp struct {
	Body ScaleUpBody
}

// ScaleUpBody is the request of resource-scheduler.
type ScaleUpBody struct {
	TemplateName string `json:"template_name" minLength:"1" maxLength:"50"`
	Reason       string `json:"reason" minLength:"1" maxLength:"500"`
	RequestedBy  string `json:"requested_by,omitempty" maxLength:"128"`
	AWSRegion    string `json:"aws_region,omitempty" maxLength:"64" doc:"The default region when left out."`
	Demand       string `json:"demand" minLength:"1" maxLength:"200" doc:"What the worker is for; the same demand gives the same worker."`
}

// PlanLaunch stores the intent of an EC2 launch: pending or failed → provisioning, with the ec2 finalizer.
type PlanLaunch struct {
	ID   string `path:"id" maxLength:"128"`
	Body PlanLaunchBody
}

// PlanLaunchBody is the whole launch, so that a repeat after a crash asks for the same machine.
type PlanLaunchBody struct {
	Generation       int64    `json:"generation" minimum:"1"`
	AMIID            string   `json:"ami_id" minLength:"1" maxLength:"64"`
	AMIName          string   `json:"ami_name,omitempty" maxLength:"128"`
	InstanceType     string   `json:"instance_type" minLength:"1" maxLength:"64"`
	SubnetID         string   `json:"subnet_id" minLength:"1" maxLength:"64"`
	SecurityGroupIDs []string `json:"security_group_ids" minItems:"1" maxItems:"16"`
	KeyName          string   `json:"key_name,omitempty" maxLength:"255"`
	DiskGB           int      `json:"disk_gb" minimum:"1" maximum:"16384"`
}

// ReportWorkerStatus tells what EC2 shows. Observed state wins over the table: a jump is applied, audited and counted.
type ReportWorkerStatus struct {
	ID   string `path:"id" maxLength:"128"`
	Body ReportWorkerStatusBody
}

// ReportWorkerStatusBody is an observation. Generation is checked when it is not zero.
type ReportWorkerStatusBody struct {
	Status        string               `json:"status" minLength:"1" maxLength:"40"`
	Reason        string               `json:"reason,omitempty" maxLength:"500"`
	EC2InstanceID string               `json:"ec2_instance_id,omitempty" maxLength:"64"`
	PublicIP      string               `json:"public_ip,omitempty" maxLength:"64"`
	PrivateIP     string               `json:"private_ip,omitempty" maxLength:"64"`
	AMIID         string               `json:"ami_id,omitempty" maxLength:"64"`
	AMIName       string               `json:"ami_name,omitempty" maxLength:"128"`
	InstanceType  string               `json:"instance_type,omitempty" maxLength:"64"`
	Generation    int64                `json:"generation,omitempty" minimum:"0"`
	Condition     *readmodel.Condition `json:"condition,omitempty"`
}

// ReportCMLData tells what CML on the worker says of itself.
type ReportCMLData struct {
	ID   string `path:"id" maxLength:"128"`
	Body ReportCMLDataBody
}

// ReportCMLDataBody is what decides: version, readiness, licence, definitions. Absent parts are left as they are.
type ReportCMLDataBody struct {
	Version          string             `json:"cml_version,omitempty" maxLength:"64"`
	Ready            bool               `json:"ready"`
	License          *CMLLicenseInfo    `json:"license_info,omitempty"`
	NodeDefinitions  []string           `json:"node_definitions,omitempty" maxItems:"1000"`
	ImageDefinitions []string           `json:"image_definitions,omitempty" maxItems:"2000"`
	Capacity         *resource.Capacity `json:"capacity,omitempty" doc:"Used where no template declares it."`
	LabsCount        *int               `json:"labs_count,omitempty"`
	CollectedAt      time.Time          `json:"collected_at"`
}

// CMLLicenseInfo is CML's licence state in CML's words.
type CMLLicenseInfo = readmodel.CMLLicenseInfo

// PinCertificate pins the certificate that a worker's CML showed at first contact; another one later is refused.
type PinCertificate struct {
	ID   string `path:"id" maxLength:"128"`
	Body PinCertificateBody
}

// PinCertificateBody is the SHA-256 of the leaf certificate in hex.
type PinCertificateBody struct {
	Fingerprint string `json:"fingerprint" minLength:"64" maxLength:"64"`
}

// LicenseStep reports a step of a licence operation.
type LicenseStep struct {
	ID   string `path:"id" maxLength:"128"`
	Body LicenseStepBody
}

// LicenseStepBody is what a step knows: accounts on completion, an error on failure.
type LicenseStepBody struct {
	InitiatedBy        string `json:"initiated_by,omitempty" maxLength:"128"`
	RegistrationStatus string `json:"registration_status,omitempty" maxLength:"40"`
	SmartAccount       string `json:"smart_account,omitempty" maxLength:"128"`
	VirtualAccount     string `json:"virtual_account,omitempty" maxLength:"128"`
	Message            string `json:"message,omitempty" maxLength:"1000"`
	ErrorMessage       string `json:"error_message,omitempty" maxLength:"1000"`
	ErrorCode          string `json:"error_code,omitempty" maxLength:"64"`
}

// LicenseToken is the one place where a licence token leaves the API: to worker-controller's leader, while the
// registration is pending, never stored by a cache, and audited.
type LicenseToken struct {
	Token string `json:"token"`
}

func internalWorker(id, method, path, summary string, codes ...string) Info {
	return Info{
		ID: id, Method: method, Path: "/api/internal/workers" + path, Tag: "Internal", Summary: summary,
		Audience: Internal, NeedsTerm: method != http.MethodGet, Codes: notFound("worker_not_found", path, codes),
	}
}

func licenseRoute(verb, summary string) Route[LicenseStep, Ack] {
	return Route[LicenseStep, Ack]{internalWorker("license-"+verb, http.MethodPost, "/{id}/license/"+verb, summary, "no_pending_operation")}
}

// The internal routes of workers.
var (
	RouteWorkerModels = Route[WorkerModelQuery, []readmodel.Worker]{internalWorker(
		"list-worker-models", http.MethodGet, "", "List workers' read models")}
	RouteWorkerModel = Route[ID, readmodel.Worker]{internalWorker(
		"get-worker-model", http.MethodGet, "/{id}", "Get a worker's read model")}
	RouteSchedule = Route[Schedule, ScheduleResult]{internalWorker(
		"schedule-instances", http.MethodPost, "/{id}/schedule", "Place instances on a worker", "book_full", "worker_not_placeable")}
	RouteScaleUp = Route[ScaleUp, Ack]{internalWorker(
		"scale-up", http.MethodPost, "/scale-up", "Ask for one more worker", "template_not_found", "template_disabled", "region_full")}
	RoutePlanLaunch = Route[PlanLaunch, Ack]{internalWorker(
		"plan-worker-launch", http.MethodPost, "/{id}/launch", "Store the intent of an EC2 launch", "invalid_transition", "worker_not_wanted")}
	RouteReportWorkerStatus = Route[ReportWorkerStatus, Ack]{internalWorker(
		"report-worker-status", http.MethodPost, "/{id}/status", "Report what EC2 shows", "bad_status", "worker_in_use")}
	RouteReportCMLData = Route[ReportCMLData, Ack]{internalWorker(
		"report-worker-cml-data", http.MethodPost, "/{id}/cml-data", "Report what CML says of itself", "document_too_large")}
	RoutePinCertificate = Route[PinCertificate, Ack]{internalWorker(
		"pin-worker-certificate", http.MethodPost, "/{id}/tls-pin", "Pin a worker's certificate", "certificate_pinned")}
	RoutePutWorkerFinalizer = Route[PutFinalizer, Ack]{internalWorker(
		"put-worker-finalizer", http.MethodPost, "/{id}/finalizers", "Store the ref of what was made", "generation_required", "bad_finalizer")}
	RouteDropWorkerFinalizer = Route[DropFinalizer, Ack]{internalWorker(
		"drop-worker-finalizer", http.MethodDelete, "/{id}/finalizers/{kind}/{attempt}", "Tell that something was seen gone", "bad_finalizer")}
	RouteWorkerConditions = Route[SetConditions, Ack]{internalWorker(
		"set-worker-conditions", http.MethodPost, "/{id}/conditions", "Set conditions", "too_many_conditions")}
	RouteLicenseToken = Route[ID, LicenseToken]{internalWorker(
		"fetch-license-token", http.MethodPost, "/{id}/license/token", "Fetch the token of a pending registration", "no_pending_operation", "no_seat", "other_service")}
	RouteStartRegistration      = licenseRoute("start-registration", "A registration has begun")
	RouteCompleteRegistration   = licenseRoute("complete-registration", "A registration is done")
	RouteFailRegistration       = licenseRoute("fail-registration", "A registration failed")
	RouteStartDeregistration    = licenseRoute("start-deregistration", "A deregistration has begun")
	RouteCompleteDeregistration = licenseRoute("complete-deregistration", "A deregistration is done")
	RouteFailDeregistration     = licenseRoute("fail-deregistration", "A deregistration failed")
)

func workerCommandRoutes() []Described {
	return []Described{
		RouteWorkerModels, RouteWorkerModel, RouteSchedule, RouteScaleUp, RoutePlanLaunch, RouteReportWorkerStatus,
		RouteReportCMLData, RoutePinCertificate, RoutePutWorkerFinalizer, RouteDropWorkerFinalizer, RouteWorkerConditions,
		RouteLicenseToken, RouteStartRegistration, RouteCompleteRegistration, RouteFailRegistration,
		RouteStartDeregistration, RouteCompleteDeregistration, RouteFailDeregistration,
	}
}
