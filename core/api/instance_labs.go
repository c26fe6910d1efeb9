package api

import "net/http"

// BindInstanceLab lets a lab serve an instance, said from the instance's side.
type BindInstanceLab struct {
	ID string `path:"id" minLength:"1" maxLength:"128"`
	// IfMatch is the lab record's, which is what changes.
	Precondition
	Body BindInstanceLabBody
}

// BindInstanceLabBody names the lab record and what it is to the instance.
type BindInstanceLabBody struct {
	LabRecordID string            `json:"lab_record_id" minLength:"1" maxLength:"128"`
	Role        string            `json:"role,omitempty" enum:"primary,secondary,auxiliary" default:"primary"`
	Metadata    map[string]string `json:"metadata,omitempty" maxProperties:"32"`
}

// UnbindInstanceLab lets a lab serve an instance no more, said from the instance's side.
type UnbindInstanceLab struct {
	ID          string `path:"id" minLength:"1" maxLength:"128"`
	LabRecordID string `path:"lab_record_id" minLength:"1" maxLength:"128"`
	Precondition
	Reason string `query:"reason" maxLength:"500"`
}

func instanceLabs(id, method, path, summary string, roles []Role, codes ...string) Info {
	return Info{
		ID: id, Method: method, Path: "/api/lablet-instances/{id}/labs" + path, Tag: instancesTag, Summary: summary, Audience: Public,
		Roles: roles, Codes: append([]string{"instance_not_found"}, codes...),
	}
}

// The routes of the labs that serve an instance.
var (
	RouteInstanceLabs    = Route[ID, []LabBinding]{instanceLabs("list-lablet-instance-labs", http.MethodGet, "", "List the labs that serve an instance", labReaders())}
	RouteBindInstanceLab = Route[BindInstanceLab, LabRecord]{instanceLabs("bind-lablet-instance-lab", http.MethodPost, "/bind", "Let a lab serve an instance", []Role{Admin, Manager},
		"lab_record_not_found", "instance_terminated", "other_worker", "lab_terminal", "lab_bound", "action_pending", "invalid_transition")}
	RouteUnbindInstanceLab = Route[UnbindInstanceLab, LabRecord]{instanceLabs("unbind-lablet-instance-lab", http.MethodDelete, "/{lab_record_id}/unbind", "Let a lab serve an instance no more", []Role{Admin, Manager},
		"lab_record_not_found")}
)
