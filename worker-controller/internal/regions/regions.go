// Package regions reads the file that says where machines of each AWS region are put.
package regions

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/lablet-cloud-manager/lcm/worker-controller/internal/worker"
)

type file struct {
	Regions map[string]region `yaml:"regions"`
}

type region struct {
	SecurityGroupIDs []string          `yaml:"security_group_ids"`
	SubnetID         string            `yaml:"subnet_id"`
	KeyName          string            `yaml:"key_name"`
	DefaultTags      map[string]string `yaml:"default_tags"`
}

// maxFile bounds the file, which people write by hand.
const maxFile = 1 << 20

// Load reads the file. An empty path gives no regions, so that nothing can be launched. All problems are told at once.
func Load(path string) (map[string]worker.Region, error) {
	if path == "" {
		return map[string]worker.Region{}, nil
	}
	opened, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("region file: %w", err)
	}
	defer func() { _ = opened.Close() }()
	content, err := io.ReadAll(io.LimitReader(opened, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("region file: %w", err)
	}
	if len(content) > maxFile {
		return nil, fmt.Errorf("region file %s is larger than %d bytes", path, maxFile)
	}
	return parse(content)
}

func parse(content []byte) (map[string]worker.Region, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	var f file
	if err := decoder.Decode(&f); err != nil {
		return nil, fmt.Errorf("region file: %w", err)
	}
	all := map[string]worker.Region{}
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(f.Regions)) {
		r := f.Regions[name]
		problems = append(problems, r.check(name)...)
		all[name] = worker.Region{
			SecurityGroupIDs: r.SecurityGroupIDs, SubnetID: r.SubnetID, KeyName: r.KeyName, DefaultTags: r.DefaultTags,
		}
	}
	return all, errors.Join(problems...)
}

func (r region) check(name string) (problems []error) {
	if !strings.HasPrefix(r.SubnetID, "subnet-") {
		problems = append(problems, fmt.Errorf("region file: %s: subnet_id %q is not the id of a subnet", name, r.SubnetID))
	}
	if len(r.SecurityGroupIDs) == 0 {
		problems = append(problems, fmt.Errorf("region file: %s: security_group_ids is empty", name))
	}
	for _, id := range r.SecurityGroupIDs {
		if !strings.HasPrefix(id, "sg-") {
			problems = append(problems, fmt.Errorf("region file: %s: %q is not the id of a security group", name, id))
		}
	}
	return problems
}
