package plane

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/world"
)

// environment is what every service is configured with; it is the same whether the service is a child process or not.
type environment struct {
	options Options
	keys    keys
	files   files
	etcd    string
	api     string
	// via is where controllers call the API; empty is at its own address.
	via         string
	world       world.Addresses
	credentials world.Credentials
	sinkURL     string
}

// of gives a service's environment variables.
func (e environment) of(service string) []string {
	v := map[string]string{
		"LOG_LEVEL": "INFO", "APP_HOST": "127.0.0.1", "APP_PORT": "0",
		"ETCD_ENDPOINTS": e.etcd, "ETCD_USERNAME": service, "ETCD_PASSWORD": e.keys.Etcd[service], "LEADER_LEASE_TTL": e.options.LeaseTTL.String(),
	}
	switch service {
	case API:
		e.forAPI(v)
	default:
		v["CONTROL_PLANE_API_URL"], v["CONTROL_PLANE_API_KEY"] = cmp.Or(e.via, e.api), e.keys.API[service]
	}
	switch service {
	case Workers:
		e.forCML(v)
		e.forWorkers(v)
	case Lablets:
		e.forCML(v)
		e.forLablets(v)
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(v)) {
		lines = append(lines, name+"="+v[name])
	}
	return append(lines, e.options.Settings[service]...)
}

func (e environment) forAPI(v map[string]string) {
	v["DATABASE_URL"] = e.options.StoreURL()
	v["LCM_SECRET_KEY"], v["CML_LICENSES_FILE"], v["DATA_SEED_BASE_PATH"] = e.keys.Secret, e.files.licenses, e.files.data
	v["RESOURCE_SCHEDULER_API_KEY"], v["WORKER_CONTROLLER_API_KEY"], v["LABLET_CONTROLLER_API_KEY"] = e.keys.API[Scheduler], e.keys.API[Workers], e.keys.API[Lablets]
	v["EXPECTED_ISSUER"], v["CLOUD_EVENT_SINK"] = e.world.Issuer, e.sinkURL
	if e.options.NoSink {
		v["CLOUD_EVENT_SINK"] = ""
	}
	v["CLOUD_EVENT_INBOUND_TOKEN"] = e.keys.Inbound
	v["APP_URL"], v["KEYCLOAK_CLIENT_ID"] = e.api, "lcm-public"
	v["RATE_LIMIT_PER_SECOND"], v["ENVIRONMENT"] = "0", "development"
}

func (e environment) forCML(v map[string]string) {
	v["CML_CONNECT_TO"], v["CML_WORKER_NETWORKS"] = e.world.CML, "10.0.0.0/8,203.0.113.0/24,198.51.100.0/24,198.18.0.0/15"
	v["CML_WORKER_API_USERNAME"], v["CML_WORKER_API_PASSWORD"] = e.credentials.CMLUsername, e.credentials.CMLPassword
	v["USE_PRIVATE_IP_FOR_MONITORING"] = "true"
}

func (e environment) forWorkers(v map[string]string) {
	v["AWS_REGION"], v["AWS_ACCESS_KEY_ID"], v["AWS_SECRET_ACCESS_KEY"] = "us-east-1", "lcm-dev", "lcm-dev-only"
	v["AWS_ENDPOINT_URL_EC2"], v["AWS_ENDPOINT_URL_CLOUDWATCH"] = e.world.EC2, e.world.EC2
	v["AWS_REGIONS_CONFIG_PATH"] = e.files.regions
	v["EC2_POLL_INTERVAL"], v["EC2_OBSERVE_INTERVAL"], v["CML_POLL_INTERVAL"] = e.options.Poll.String(), (4 * e.options.Poll).String(), e.options.Poll.String()
	v["PROVISIONING_TIMEOUT_SECONDS"] = seconds(2 * time.Minute)
}

func (e environment) forLablets(v map[string]string) {
	c := e.credentials
	v["LDS_DEPLOYMENTS_CONFIG_PATH"] = e.files.lds
	v["GRADING_ENGINE_BASE_URL"], v["GRADING_ENGINE_TOKEN_URL"] = e.world.Grading, e.world.Grading+"/token"
	v["GRADING_ENGINE_CLIENT_ID"], v["GRADING_ENGINE_CLIENT_SECRET"] = c.GradingClientID, c.GradingClientSecret
	v["S3_ENDPOINT"], v["S3_ACCESS_KEY"], v["S3_SECRET_KEY"] = e.world.S3, c.S3AccessKey, c.S3SecretKey
	v["EVIDENCE_BUCKET"] = "lcm-evidence"
	v["LAB_POLL_INTERVAL"], v["LDS_POLL_INTERVAL"], v["GRADING_POLL_INTERVAL"] = e.options.Poll.String(), e.options.Poll.String(), e.options.Poll.String()
	v["INTENT_SETTLE_TIME"] = "1s"
	v["LAB_START_TIMEOUT"], v["GRADING_TIMEOUT"] = seconds(e.options.StartTimeout), seconds(e.options.GradingTimeout)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%gs", d.Seconds()) }
