package readmodel

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/booking"
	"github.com/lablet-cloud-manager/lcm/core/lifecycle"
	"github.com/lablet-cloud-manager/lcm/core/resource"
)

func TestKeys(t *testing.T) {
	require.Equal(t, "/lcm/lab-records/x", Key(KindLabRecord, "x"))
	cases := []struct {
		reason, key string
		kind        Kind
		id          string
		ok          bool
	}{
		{"a state key", Key(KindWorker, "w1"), KindWorker, "w1", true},
		{"another tree", "/other/workers/w1", "", "", false},
		{"an election key is no state", LeaderRoot + "scheduler/1", "", "", false},
		{"no id", "/lcm/workers/", "", "", false},
		{"no kind", "/lcm/workers", "", "", false},
		{"deeper", "/lcm/workers/w1/x", "", "", false},
	}
	for _, c := range cases {
		kind, id, ok := ParseKey(c.key)
		require.Equal(t, c.ok, ok, c.reason)
		require.Equal(t, c.kind, kind, c.reason)
		require.Equal(t, c.id, id, c.reason)
	}
}

func TestDecode(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	model := Worker{
		ID: "w1", Status: lifecycle.WorkerRunning,
		Book: []booking.Entry{{Holder: booking.Holder{InstanceID: "i1", Attempt: 2}, State: booking.Held, From: at, Since: at}},
	}
	encoded, err := json.Marshal(model)
	require.NoError(t, err)
	value, err := json.Marshal(Envelope{Epoch: "e", Version: 7, Generation: 3, Model: encoded, Changes: []Change{{Version: 7, At: at, By: "x"}}})
	require.NoError(t, err)

	envelope, back, err := Decode[Worker](value)
	require.NoError(t, err)
	require.Equal(t, int64(7), envelope.Version)
	require.Equal(t, "e", envelope.Epoch)
	require.Equal(t, model, back)

	state, err := DecodeState[Worker](value)
	require.NoError(t, err)
	require.Equal(t, State[Worker]{Epoch: "e", Version: 7, Generation: 3, Model: model}, state)
	for _, broken := range []string{"x", "null", `{"epoch":"e"}`, `{"model":null}`, `{"model":[1]}`} {
		_, err = DecodeState[Worker]([]byte(broken))
		require.ErrorContains(t, err, "envelope", broken)
	}

	_, _, err = Decode[Worker]([]byte("x"))
	require.ErrorContains(t, err, "envelope")
	_, _, err = Decode[Worker]([]byte(`{"model":[1]}`))
	require.ErrorContains(t, err, "model")
}

func TestUnknownFieldsOfANewerAPIAreIgnored(t *testing.T) {
	_, model, err := Decode[Settings]([]byte(`{"epoch":"e","later":1,"model":{"id":"default","later":{}}}`))
	require.NoError(t, err)
	require.Equal(t, SettingsID, model.ID)
}

func TestNodeLimitOfAWorker(t *testing.T) {
	reported := 60
	require.Equal(t, 20, *Worker{License: License{Type: resource.LicensePersonal}}.Limits().NodeLimit, "by the type")
	require.Equal(t, 60, *Worker{License: License{Type: resource.LicensePersonal, NodeLimit: &reported}}.Limits().NodeLimit, "CML knows better")
	require.Nil(t, Worker{License: License{Type: resource.LicenseEnterprise}}.Limits().NodeLimit)
}

func TestWorkerHandsItsLimitsToTheBook(t *testing.T) {
	worker := Worker{
		DeclaredCapacity: resource.Capacity{CPUCores: 4}, PortRange: resource.PortRange{Min: 1, Max: 2}, QuarantinedPorts: []int{2},
		CML: CML{Version: "2.9.1", NodeDefinitions: []string{"iosv"}, ImageDefinitions: []string{"img"}},
	}
	require.Equal(t, booking.Limits{Declared: worker.DeclaredCapacity, Ports: worker.PortRange, Quarantined: []int{2}}, worker.Limits())
	require.Equal(t, resource.Installation{CMLVersion: "2.9.1", NodeDefinitions: []string{"iosv"}, ImageDefinitions: []string{"img"}}, worker.Installation())
}

func TestLookups(t *testing.T) {
	_, found := FindCondition([]Condition{{Type: "Lab"}}, "LDS")
	require.False(t, found)
	condition, found := FindCondition([]Condition{{Type: "Lab"}, {Type: "LDS", Reason: "down"}}, "LDS")
	require.True(t, found)
	require.Equal(t, "down", condition.Reason)

	finalizers := []Finalizer{{Kind: FinalizerLab, Attempt: 1, Ref: "old"}, {Kind: FinalizerLab, Attempt: 2, Ref: "new"}}
	finalizer, found := FindFinalizer(finalizers, FinalizerLab, 2)
	require.True(t, found)
	require.Equal(t, "new", finalizer.Ref, "each attempt has its own")
	_, found = FindFinalizer(finalizers, FinalizerLDS, 1)
	require.False(t, found)

	step, found := FindStep([]Step{{Name: "import", Attempt: 1, Status: StepFailed}, {Name: "import", Attempt: 2, Status: StepDone}}, "import", 2)
	require.True(t, found)
	require.Equal(t, StepDone, step.Status)
	_, found = FindStep(nil, "import", 1)
	require.False(t, found)
	require.Equal(t, booking.Holder{InstanceID: "i", Attempt: 3}, Instance{ID: "i", Attempt: 3}.Holder())
}
