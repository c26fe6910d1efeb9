package labrecord

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/lifecycle"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/parts"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func at(d time.Duration) parts.Act { return parts.Act{By: "ann", At: noon.Add(d)} }

// stored is a record as it is loaded: what happened is told.
func stored(t *testing.T, l *LabRecord) *LabRecord {
	t.Helper()
	text, err := json.Marshal(l)
	require.NoError(t, err)
	read := &LabRecord{}
	require.NoError(t, json.Unmarshal(text, read))
	return read
}

// inStatus is the stored record of a lab with a topology, in a status.
func inStatus(t *testing.T, status lifecycle.LabRecordStatus) *LabRecord {
	t.Helper()
	l := Discover("r1", "w1", "lab1", Facts{Title: "one", NodeCount: 2}, at(0))
	_, err := l.Revise(Topology{Hash: "h1", NodeCount: 2, LinkCount: 1}, "seen", at(0))
	require.NoError(t, err)
	l.Status = status
	return stored(t, l)
}

// doing is a record in a status with an action under way.
func doing(t *testing.T, status lifecycle.LabRecordStatus, kind ActionKind) *LabRecord {
	t.Helper()
	l := inStatus(t, status)
	l.want(kind, at(0))
	return stored(t, l)
}

func told(l *LabRecord) []string {
	var names []string
	events, _, _ := l.Changes()
	for _, e := range events {
		names = append(names, e.Type)
	}
	return names
}

// payload is the data of an event as others read it.
func payload(t *testing.T, l *LabRecord, name string) map[string]any {
	t.Helper()
	events, _, _ := l.Changes()
	for _, e := range events {
		if e.Type == name {
			text, err := json.Marshal(e.Data)
			require.NoError(t, err)
			data := map[string]any{}
			require.NoError(t, json.Unmarshal(text, &data))
			return data
		}
	}
	require.Fail(t, "no event "+name)
	return nil
}

func statuses() []lifecycle.LabRecordStatus { return lifecycle.LabRecords().Statuses() }
