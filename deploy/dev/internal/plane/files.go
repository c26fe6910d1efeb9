package plane

import (
	"fmt"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/data"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/world"
)

// databaseFile is the store's, in a plane's folder.
const databaseFile = "lcm.db"

// files are what the services read besides their environment.
type files struct {
	database, data, licenses, regions, lds string
}

// writeFiles writes the services' files into the plane's folder. They are written anew at every start, since addresses may
// have changed; the store is left as it is.
func writeFiles(o Options, k keys, addresses world.Addresses, c world.Credentials) (files, error) {
	f := files{
		database: filepath.Join(o.Dir, databaseFile), data: filepath.Join(o.Dir, "data"), licenses: filepath.Join(o.Dir, "licenses.yaml"),
		regions: filepath.Join(o.Dir, "aws_regions.yaml"), lds: filepath.Join(o.Dir, "lds_deployments.yaml"),
	}
	if err := os.RemoveAll(f.data); err != nil {
		return f, fmt.Errorf("seeds: %w", err)
	}
	if err := os.CopyFS(f.data, data.Seeds); err != nil {
		return f, fmt.Errorf("seeds: %w", err)
	}
	settings := filepath.Join(f.data, "seeds", "system_settings", "default.yaml")
	if err := os.MkdirAll(filepath.Dir(settings), 0o700); err != nil {
		return f, fmt.Errorf("seeds: %w", err)
	}
	for path, content := range map[string]any{
		settings: settingsOf(o), f.licenses: licensesOf(o, k), f.regions: regionsFile(), f.lds: ldsFile(addresses, c),
	} {
		encoded, err := yaml.Marshal(content)
		if err != nil {
			return f, fmt.Errorf("%s: %w", path, err)
		}
		if err := os.WriteFile(path, encoded, 0o600); err != nil {
			return f, fmt.Errorf("write: %w", err)
		}
	}
	return f, nil
}

type dict = map[string]any

func settingsOf(o Options) dict {
	return dict{
		"id": "default",
		"timing": dict{
			"worker_boot_minutes": 0.5, "instantiation_minutes": o.LeadSeconds / 60, "teardown_margin_minutes": o.MarginSeconds / 60,
			"missed_grace_minutes": o.GraceSeconds / 60, "grading_timeout_minutes": o.GradingTimeout.Minutes(), "archive_hold_minutes": 0,
		},
		"worker_provisioning": dict{"max_workers_per_region": 10, "auto_register_license": true},
	}
}

func licensesOf(o Options, k keys) []dict {
	all := []dict{{"name": "personal", "type": "personal", "token": k.Licenses["personal"], "seats": 5}}
	if !o.NoEnterprise {
		all = append(all, dict{"name": "enterprise", "type": "enterprise", "token": k.Licenses["enterprise"], "seats": 5})
	}
	return all
}

func regionsFile() dict {
	region := func(zone string) dict {
		return dict{
			"security_group_ids": []string{"sg-lcm-" + zone}, "subnet_id": "subnet-lcm-" + zone,
			"default_tags": dict{"Environment": "dev", "ManagedBy": "lablet-cloud-manager"},
		}
	}
	return dict{"regions": dict{"us-east-1": region("east"), "us-west-2": region("west")}}
}

func ldsFile(a world.Addresses, c world.Credentials) dict {
	return dict{
		"deployments": dict{"us-east-1": dict{
			"base_url": a.LDS, "username": c.LDSUsername, "password": c.LDSPassword, "timeout_seconds": 5, "label": "Simulated LDS",
		}},
		"default_region": "us-east-1",
	}
}
