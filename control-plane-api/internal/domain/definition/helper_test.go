package definition

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/aggregate"
)

var (
	noon  = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	later = noon.Add(time.Hour)
)

const form = "Exam Associate CCNA v1.1 LAB 1.3a"

// draft is what an author gives, without a source.
func draft() Definition {
	return Definition{
		Root: aggregate.Root{ID: "d1"}, Name: "ccna", Version: "1.0.0", MaxDurationMinutes: 60, LicenseAffinity: resource.LicenseTypes(),
	}
}

func remote() Definition {
	d := draft()
	d.Source = Source{FormQualifiedName: form, BucketName: "exam-associate-ccna-v1.1-lab-1.3a", ArtifactURI: "s3://exam-associate-ccna-v1.1-lab-1.3a/SVN.zip"}
	return d
}

// topology is a lab of two nodes and one port under a hash.
func topology(hash string) Topology {
	return Topology{
		Hash: hash, NodeCount: 2, Requirements: resource.Requirements{CPUCores: 2, MemoryGB: 4, StorageGB: 20},
		Ports: resource.PortTemplate{Ports: []resource.PortDefinition{{Name: "r1_serial", Protocol: "tcp"}}},
		AMI:   resource.AMIRequirement{NodeDefinitionsRequired: []string{"iosv"}},
	}
}

// needs is what the topology asks of a worker's CML.
func needs() []resource.AMIRequirement { return []resource.AMIRequirement{topology("").AMI} }

func made(t *testing.T, d Definition, topology *Topology) *Definition {
	t.Helper()
	m, err := New(d, topology, "ann", noon)
	require.NoError(t, err)
	return m
}

// synced is a definition of a form whose content was synced, as it is loaded from the store.
func synced(t *testing.T, hash string) *Definition {
	t.Helper()
	d := made(t, remote(), nil)
	require.NoError(t, d.Synced(Content{PackageHash: "p-" + hash}, topology(hash), "lablet-controller", noon))
	return stored(t, d)
}

// inStatus is a synced definition in a status.
func inStatus(t *testing.T, status lifecycle.DefinitionStatus) *Definition {
	t.Helper()
	d := synced(t, "h1")
	if status == lifecycle.DefinitionPendingSync {
		d = stored(t, made(t, remote(), nil))
	}
	d.Status = status
	return d
}

// stored writes and reads a definition; its events are told then.
func stored(t *testing.T, d *Definition) *Definition {
	t.Helper()
	text, err := json.Marshal(d)
	require.NoError(t, err)
	read := &Definition{}
	require.NoError(t, json.Unmarshal(text, read))
	return read
}

// told gives the names of the events, and the data of the last one as others read it.
func told(t *testing.T, d *Definition) (names []string, last map[string]any) {
	t.Helper()
	events, _, _ := d.Changes()
	for _, e := range events {
		names = append(names, e.Type)
		text, err := json.Marshal(e.Data)
		require.NoError(t, err)
		last = map[string]any{}
		require.NoError(t, json.Unmarshal(text, &last))
	}
	return names, last
}

// payload is the data of the event of a name.
func payload(t *testing.T, d *Definition, name string) map[string]any {
	t.Helper()
	events, _, _ := d.Changes()
	for _, e := range events {
		if e.Type != name {
			continue
		}
		text, err := json.Marshal(e.Data)
		require.NoError(t, err)
		data := map[string]any{}
		require.NoError(t, json.Unmarshal(text, &data))
		return data
	}
	require.Fail(t, "no event "+name)
	return nil
}

func unchanged(t *testing.T, before, d *Definition) {
	t.Helper()
	_, changed, _ := d.Changes()
	require.False(t, changed)
	require.Equal(t, stored(t, before), stored(t, d))
}

func refused(t *testing.T, err error, kind failure.Kind, code string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, code, failure.CodeOf(err))
	require.Equal(t, kind, failure.KindOf(err))
}
