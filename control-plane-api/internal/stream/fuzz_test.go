package stream

import (
	"encoding/json"
	"testing"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// FuzzRead: whatever stands in etcd, a stream tells something that can be read, or leaves it out; a head never goes back.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"epoch":"e","version":2,"model":{"owner_id":"ann","status":"ready"},"changes":[{"version":1,"events":[{"type":"lablet_instance.created.v1","data":{}}]},{"version":2,"events":[{"type":"lablet_instance.ready.v1","data":{"worker_id":"w"}}]}]}`), int64(1))
	f.Add([]byte(`{"epoch":"e","version":9,"model":{},"changes":[{"version":9,"events":[{"type":"","data":null}]}]}`), int64(0))
	f.Add([]byte(`{"epoch":"e","version":-1,"model":[]}`), int64(3))
	f.Add([]byte(`{"model":{"status":1}}`), int64(0))
	f.Add([]byte(`{"epoch":"e","version":9,"changes":[{"version":9}]}`), int64(8))
	f.Fuzz(func(t *testing.T, value []byte, seen int64) {
		before := head{epoch: "e", version: seen}
		told, err := read(readmodel.KindInstance, "i", etcdkv.Item{Key: "/lcm/instances/i", Value: value}, before, true)
		if told.head.epoch == "e" && told.head.version < seen {
			t.Fatal("the head went back")
		}
		if err != nil {
			return
		}
		var shown struct{ Model json.RawMessage }
		if json.Unmarshal(value, &shown) != nil || len(shown.Model) == 0 || string(shown.Model) == "null" {
			t.Fatal("told of what there is no model of")
		}
		for _, made := range told.frames {
			if !json.Valid(made.text) {
				t.Fatalf("%q", made.text)
			}
			if made.version <= seen {
				t.Fatal("told again")
			}
		}
	})
}

// FuzzEventID: an id that is read is the one that is written.
func FuzzEventID(f *testing.F) {
	f.Add("1.2")
	f.Add("ffffffffffffffff.9223372036854775807")
	f.Add(".")
	f.Fuzz(func(t *testing.T, text string) {
		cluster, revision, ok := parseEventID(text)
		if !ok {
			return
		}
		again, behind, ok := parseEventID(eventID(cluster, revision))
		if !ok || again != cluster || behind != revision {
			t.Fatal(text)
		}
	})
}

// FuzzMetrics: figures that can be read can be shown.
func FuzzMetrics(f *testing.F) {
	f.Add([]byte(`{"worker_id":"w","ec2":{"cpu_utilization":1.5},"cml":{"labs_count":3}}`))
	f.Add([]byte(`{"updated_at":"9999-12-31T23:59:59Z"}`))
	f.Fuzz(func(t *testing.T, value []byte) {
		if made, err := metricsFrame(value); err == nil && !json.Valid(made.text) {
			t.Fatalf("%q", made.text)
		}
	})
}
