package httpapi

import (
	"maps"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// bodies are examples of requests whose least form would not be what people send, by operation, or by operation and media type
// where they differ. A contract test sends each of them.
func bodies() map[string]string {
	all := map[string]string{}
	for _, group := range []map[string]string{definitionBodies(), instanceBodies(), stepBodies(), labBodies(), workerBodies(), reportBodies(), eventBodies()} {
		maps.Copy(all, group)
	}
	return all
}

// parameterExamples are examples of parameters that the first word of their list would not fit, by operation and name.
func parameterExamples() map[string]any {
	return map[string]any{"drop-worker-finalizer kind": "ec2"}
}

const exampleLabJSON = `"lab:\n  title: example\n  version: 0.1.0\nnodes:\n  - id: n0\n    label: r1\n    node_definition: iosv\n    interfaces: []\nlinks: []\n"`

func definitionBodies() map[string]string {
	return map[string]string{
		"create-lablet-definition":         `{"name":"example","version":"1.0.0","max_duration_minutes":120,"topology_yaml":` + exampleLabJSON + `}`,
		"update-lablet-definition":         `{"max_duration_minutes":90,"warm_pool_depth":2}`,
		"create-lablet-definition-version": `{"version":"1.1.0","cpu_cores":4,"memory_gb":8}`,
		"deprecate-lablet-definition":      `{"reason":"superseded","replacement_version":"1.1.0"}`,
		"definition-content-synced": `{"sync_status":"success","content_package_hash":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",` +
			`"cml_yaml_path":"lab/cml.yaml","cml_yaml_content":` + exampleLabJSON + `}`,
		"create-worker-template": `{"name":"example","description":"Labs of one candidate","instance_type":"m5zn.metal","cpu_cores":48,"memory_gb":192,"storage_gb":256,"max_nodes":200,"cost_per_hour_usd":3.96}`,
		"update-worker-template": `{"max_nodes":250}`,
		"update-settings":        `{"idle_detection":{"timeout_minutes":90}}`,

		"patch-discovery-settings": `{"scan_interval_seconds":600}`,
	}
}

func instanceBodies() map[string]string {
	return map[string]string{
		"create-lablet-instance": `{"definition_id":"0198c0de-0000-7000-8000-000000000001","timeslot_start":"2030-03-02T09:00:00Z","timeslot_end":"2030-03-02T10:00:00Z","reservation_id":"exam-4711"}`,
		"extend-lablet-instance": `{"new_timeslot_end":"2030-03-02T10:30:00Z"}`,

		"terminate-lablet-instance": `{"reason":"The exam was cancelled."}`,
		"requeue-lablet-instances":  `{"instance_ids":["0198c0de-0000-7000-8000-000000000001"],"reason":"maintenance"}`,
		"bind-lablet-instance-lab":  `{"lab_record_id":"0198c0de-0000-7000-8000-000000000001","role":"primary"}`,
		"schedule-instance":         `{"worker_id":"0198c0de-0000-7000-8000-000000000001","scheduled_by":"resource-scheduler"}`,
		"schedule-instances":        `{"scheduled_by":"resource-scheduler","instances":[{"instance_id":"0198c0de-0000-7000-8000-000000000001","generation":1}]}`,
	}
}

func stepBodies() map[string]string {
	moved := `{"status":"stopping","reason":"user_stop","generation":1}`
	condition := `{"conditions":[{"type":"LDS","status":"False","reason":"unavailable","message":"The delivery system does not answer.","since":"2030-03-02T09:00:00Z"}]}`
	return map[string]string{
		"transition-instance": moved, "put-instance-transition": moved,
		"set-instance-conditions": condition, "set-worker-conditions": condition,
		"put-instance-finalizer": `{"kind":"lab","attempt":1,"generation":1}`,
		"record-instance-step":   `{"step":"import","attempt":1,"status":"done","cml_lab_id":"8a6f2c"}`,
		"mark-instance-ready":    `{"generation":1,"cml_lab_id":"8a6f2c","lds_session_id":"lds-4711","lds_login_url":"https://lds.example/launch?token=one-time"}`,
		"session-started":        `{"lds_session_id":"lds-4711"}`,
		"record-instance-score": `{"attempt":1,"score":{"total_points_earned":8,"total_points_possible":10,"percentage":80,"score":8,"max_score":10,"graded_at":"2030-03-02T10:05:00Z",` +
			`"check_results":[{"check_id":"c1","check_name":"OSPF is up","passed":true,"points_earned":8,"points_possible":10}],"checks":[]}}`,
	}
}

func labBodies() map[string]string {
	seen := `{"worker_id":"0198c0de-0000-7000-8000-000000000001","source":"labs_refresh","labs":[{"lab_id":"8a6f2c","title":"OSPF","state":"STOPPED","node_count":4,"link_count":3}]}`
	return map[string]string{
		"discover-lab-records": seen, "sync-lab-records": seen,
		"report-lab-record-status":   `{"new_status":"booted","cml_state":"BOOTED"}`,
		"report-lab-record-topology": `{"topology_data":` + exampleLabJSON + `,"change_summary":"a node was added"}`,
		"report-lab-record-run":      `{"run_id":"run-1","started_by":"ann","started_at":"2030-03-02T09:00:00Z"}`,
		"complete-lab-record-action": `{"action":"start","cml_state":"BOOTED"}`, "complete-lab-action": `{"action":"start","cml_state":"BOOTED"}`,
		"fail-lab-record-action": `{"error_message":"CML refuses."}`, "fail-lab-action": `{"error_message":"CML refuses."}`, "fail-lab-import": `{"error_message":"CML refuses."}`,
		"complete-lab-import": `{"lab_id":"8a6f2d"}`,
		"clone-lab-record":    `{"title":"OSPF again"}`,
	}
}

func workerBodies() map[string]string {
	return map[string]string{
		"create-worker":           `{"name":"example","template_name":"medium"}`,
		"import-workers":          `{"ami_id":"ami-0123456789abcdef0"}`,
		"register-worker-license": `{"license_token":"token-of-smart-licensing","reregister":true}`,
		"set-worker-tags":         `{"tags":{"team":"netops"}}`,
		"stop-worker":             `{"reason":"maintenance"}`,
		"pause-worker":            `{"reason":"nobody works at night"}`,
		"drain-worker":            `{"reason":"maintenance"}`,
		"end-worker":              `{"reason":"not needed any more"}`,
	}
}

func reportBodies() map[string]string {
	observed := `{"status":"running","ec2_instance_id":"i-0123456789abcdef0","public_ip":"203.0.113.10","private_ip":"10.0.0.10"}`
	figures := `{"collected_at":"2030-03-02T09:00:00Z","ec2":{"cpu_utilization":12.5,"network_in_bytes":4096,"network_out_bytes":2048},"poll_interval":300}`
	return map[string]string{
		"report-worker-status": observed, "put-worker-status": observed, "report-worker-metrics": figures, "put-worker-metrics": figures,
		"scale-up": `{"template_name":"medium","reason":"no worker has room","requested_by":"resource-scheduler","demand":"instances/0198c0de-0000-7000-8000-000000000001"}`,
		"plan-worker-launch": `{"generation":1,"ami_id":"ami-0123456789abcdef0","instance_type":"m5zn.metal","subnet_id":"subnet-0123456789abcdef0",` +
			`"security_group_ids":["sg-0123456789abcdef0"],"disk_gb":256}`,
		"report-worker-cml-data": `{"cml_version":"2.9.0","ready":true,"license_info":{"registration_status":"COMPLETED","authorization_status":"IN_COMPLIANCE","is_enterprise":true},` +
			`"collected_at":"2030-03-02T09:00:00Z"}`,
		"put-worker-finalizer":   `{"kind":"license","attempt":1,"generation":1}`,
		"pin-worker-certificate": `{"fingerprint":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}`,
		"bulk-import-workers": `{"aws_region":"us-east-1","source":"discovery","discovered_instances":[{"instance_id":"i-0fedcba9876543210","state":"running",` +
			`"instance_type":"m5zn.metal","image_id":"ami-0123456789abcdef0"}]}`,
		"report-task": `{"status":"in_progress","progress":40,"message":"Two of five machines are imported."}`,
	}
}

func eventBodies() map[string]string {
	event := `{"specversion":"1.0","id":"0198c0de-0000-7000-8000-000000000001","source":"/lds/sessions","type":"com.cisco.lds.session.started","data":{"session_id":"lds-4711"}}`
	return map[string]string{
		"receive-cloud-event " + api.CloudEventType: event, "receive-published-event " + api.CloudEventType: event, "receive-event " + api.CloudEventType: event,
		"receive-event-at-root " + api.CloudEventType: event,
		"resend-dead-letters":                         `{"ids":["workers/0198c0de-0000-7000-8000-000000000001/7/0"]}`,
	}
}
