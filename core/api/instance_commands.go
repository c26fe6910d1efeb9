package api

import "net/http"

// ChangeInstance asks for a change of an instance that needs nothing but its id, and perhaps a reason.
type ChangeInstance struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	Precondition
	Body *Why
}

// BulkRequeue gives the attempts of several instances up; each has its own outcome.
type BulkRequeue struct {
	Body BulkRequeueBody
}

// BulkRequeueBody lists the instances.
type BulkRequeueBody struct {
	InstanceIDs []string `json:"instance_ids" minItems:"1" maxItems:"200"`
	Reason      string   `json:"reason,omitempty" maxLength:"500"`
}

// BulkOutcome is what became of one thing of a bulk request: Code is empty where it was done.
type BulkOutcome struct {
	ID      string `json:"id"`
	Status  string `json:"status,omitempty"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
}

// BulkResult lists the outcomes in the order of the request.
type BulkResult struct {
	Outcomes  []BulkOutcome `json:"outcomes"`
	Succeeded int           `json:"succeeded"`
	Failed    int           `json:"failed"`
}

// ForceDropFinalizer forgets what LCM made outside although nobody saw it gone. It is an admin's last resort.
type ForceDropFinalizer struct {
	ID      string `path:"id" minLength:"1" maxLength:"128"`
	Kind    string `path:"kind" enum:"lab,lds,grading"`
	Attempt int    `path:"attempt" minimum:"0"`
	Precondition
	Reason string `query:"reason" maxLength:"500"`
}

// changeInstance describes a change of an instance by its owner or one who manages.
func changeInstance(id, path, summary string, codes ...string) Info {
	return Info{
		ID: id, Method: http.MethodPost, Path: "/api/lablet-instances/{id}" + path, Tag: instancesTag, Summary: summary, Audience: Public,
		Roles: []Role{Admin, Manager}, Owner: true, Codes: append([]string{"instance_not_found", "invalid_transition"}, codes...),
	}
}

// The public routes that change instances.
var (
	RouteStartCollection = Route[ChangeInstance, Instance]{changeInstance(
		"start-lablet-instance-collection", "/start-collection", "Collect the candidate's work now")}
	RouteStartGrading = Route[ChangeInstance, Instance]{changeInstance(
		"start-lablet-instance-grading", "/start-grading", "Grade what was collected", "evidence_missing")}
	RouteCollectAndGrade = Route[ChangeInstance, Instance]{answeredLater(changeInstance(
		"collect-and-grade-lablet-instance", "/collect-and-grade", "Collect the candidate's work and have it graded"))}
	RouteStopInstance = Route[ChangeInstance, Instance]{changeInstance(
		"stop-lablet-instance", "/stop", "Stop a session that may go on until its timeslot ends", "timeslot_over")}
	RouteResumeInstance = Route[ChangeInstance, Instance]{answeredLater(changeInstance(
		"resume-lablet-instance", "/resume", "Go on with a session that was stopped", "timeslot_over", "lab_gone"))}
	RouteRequeueInstance = Route[ChangeInstance, Instance]{Info{
		ID: "requeue-lablet-instance", Method: http.MethodPost, Path: "/api/lablet-instances/{id}/requeue", Tag: instancesTag,
		Summary: "Give an instance's place up and wait for another", Audience: Public, Roles: []Role{Admin, Manager},
		Codes: []string{"instance_not_found", "invalid_transition"},
	}}
	RouteBulkRequeue = Route[BulkRequeue, BulkResult]{Info{
		ID: "requeue-lablet-instances", Method: http.MethodPost, Path: "/api/lablet-instances/bulk/requeue", Tag: instancesTag,
		Summary: "Give the places of several instances up", Audience: Public, Roles: []Role{Admin, Manager},
	}}
	RouteForceDropFinalizer = Route[ForceDropFinalizer, Instance]{Info{
		ID: "force-drop-lablet-instance-finalizer", Method: http.MethodDelete, Path: "/api/lablet-instances/{id}/finalizers/{kind}/{attempt}",
		Tag: instancesTag, Summary: "Forget what was made outside for an instance", Audience: Public, Roles: []Role{Admin},
		Codes: []string{"instance_not_found"},
	}}
)

func instanceChangeRoutes() []Described {
	return []Described{
		RouteBulkRequeue, RouteStartCollection, RouteStartGrading, RouteCollectAndGrade, RouteStopInstance, RouteResumeInstance,
		RouteRequeueInstance, RouteForceDropFinalizer,
	}
}

// answeredLater marks a route that answers before the work is done.
func answeredLater(info Info) Info {
	info.Success = http.StatusAccepted
	return info
}
