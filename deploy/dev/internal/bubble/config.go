package bubble

import (
	"fmt"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/data"
)

const (
	licenseToken = "token-of-the-enterprise-licence"
	apiHost      = "api.test"
	secretKey    = "a-key-that-seals-in-tests-and-nowhere-else"
)

// Files are what services read besides their environment. They are written once for all bubbles.
type Files struct{ dir string }

type dict = map[string]any

// WriteFiles writes them below a folder.
func WriteFiles(dir string) (Files, error) {
	f := Files{dir: dir}
	if err := os.CopyFS(f.path("data"), data.Seeds); err != nil {
		return f, fmt.Errorf("seeds: %w", err)
	}
	settings := filepath.Join("data", "seeds", "system_settings", "default.yaml")
	if err := os.MkdirAll(filepath.Dir(f.path(settings)), 0o700); err != nil {
		return f, fmt.Errorf("seeds: %w", err)
	}
	region := dict{"security_group_ids": []string{"sg-lcm"}, "subnet_id": "subnet-lcm", "default_tags": dict{"Environment": "test"}}
	for name, content := range map[string]any{
		settings: dict{
			"id": "default",
			"timing": dict{
				"worker_boot_minutes": 2, "instantiation_minutes": leadMinutes, "teardown_margin_minutes": 0.5, "missed_grace_minutes": 0.5,
				"grading_timeout_minutes": 5, "archive_hold_minutes": 0,
			},
			"worker_provisioning": dict{"max_workers_per_region": 10, "auto_register_license": true},
		},
		"licenses.yaml": []dict{{"name": "enterprise", "type": "enterprise", "token": licenseToken, "seats": 5}},
		"regions.yaml":  dict{"regions": dict{"us-east-1": region, "us-west-2": region}},
		"lds.yaml": dict{
			"deployments": dict{"us-east-1": dict{
				"base_url": "http://" + hostLDS, "username": ldsUser, "password": password, "timeout_seconds": 5, "label": "Simulated LDS",
			}},
			"default_region": "us-east-1",
		},
	} {
		encoded, err := yaml.Marshal(content)
		if err != nil {
			return f, fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(f.path(name), encoded, 0o600); err != nil {
			return f, fmt.Errorf("write: %w", err)
		}
	}
	return f, nil
}

// leadMinutes is how long before its slot a lab is brought up.
const leadMinutes = 1

func (f Files) path(name string) string { return filepath.Join(f.dir, name) }

// environment is a service's configuration.
func (f Files) environment(service, replica string) []string {
	all := []string{"LOG_LEVEL=INFO", "INSTANCE_ID=" + replica, "LEADER_LEASE_TTL=5s"}
	if service == API {
		return append(all,
			"DATABASE_URL=sqlite:///kept-in-memory", "LCM_SECRET_KEY="+secretKey, "CML_LICENSES_FILE="+f.path("licenses.yaml"),
			"DATA_SEED_BASE_PATH="+f.path("data"), "EXPECTED_ISSUER="+issuer, "CLOUD_EVENT_SINK=http://"+hostSink+"/events",
			"RATE_LIMIT_PER_SECOND=0", "ENVIRONMENT=test",
			"RESOURCE_SCHEDULER_API_KEY="+keyOf(Scheduler), "WORKER_CONTROLLER_API_KEY="+keyOf(Workers), "LABLET_CONTROLLER_API_KEY="+keyOf(Lablets),
		)
	}
	all = append(all, "CONTROL_PLANE_API_URL=http://"+apiHost, "CONTROL_PLANE_API_KEY="+keyOf(service))
	cml := []string{"CML_WORKER_API_USERNAME=" + cmlUser, "CML_WORKER_API_PASSWORD=" + password, "CML_WORKER_API_VERIFY_SSL=false", "USE_PRIVATE_IP_FOR_MONITORING=true"}
	switch service {
	case Workers:
		return append(append(all, cml...),
			"AWS_REGION=us-east-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY="+password, "AWS_ENDPOINT_URL_EC2=http://"+hostEC2,
			"AWS_ENDPOINT_URL_CLOUDWATCH=http://"+hostEC2, "AWS_REGIONS_CONFIG_PATH="+f.path("regions.yaml"),
			"EC2_POLL_INTERVAL=3s", "EC2_OBSERVE_INTERVAL=20s", "CML_POLL_INTERVAL=3s", "PROVISIONING_TIMEOUT_SECONDS=600s",
		)
	case Lablets:
		return append(append(all, cml...),
			"LDS_DEPLOYMENTS_CONFIG_PATH="+f.path("lds.yaml"), "GRADING_ENGINE_BASE_URL=http://"+hostGrading,
			"GRADING_ENGINE_TOKEN_URL=http://"+hostGrading+"/token", "GRADING_ENGINE_CLIENT_ID="+graderID, "GRADING_ENGINE_CLIENT_SECRET="+password,
			"S3_ENDPOINT=http://"+hostS3, "S3_ACCESS_KEY="+s3Key, "S3_SECRET_KEY="+password, "EVIDENCE_BUCKET=lcm-evidence",
			"LAB_POLL_INTERVAL=2s", "LDS_POLL_INTERVAL=5s", "GRADING_POLL_INTERVAL=3s", "INTENT_SETTLE_TIME=10s",
			"LAB_START_TIMEOUT=120s", "GRADING_TIMEOUT=5m",
		)
	default:
		return all
	}
}

func keyOf(service string) string { return "the-key-of-" + service + "-in-tests-only" }
