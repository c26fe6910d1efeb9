package inbox

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
)

// FuzzDecode: whatever a sender sends, it is an event that can be stored and read, or it is refused; nothing panics.
func FuzzDecode(f *testing.F) {
	f.Add("application/cloudevents+json", "", "", "", "", []byte(`{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"sessionId":"x"}}`))
	f.Add("application/cloudevents+json", "", "", "", "", []byte(`{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"eyJ4IjoxfQ=="}`))
	f.Add("application/json", "1.0", "1", "/s", "lds.session.started", []byte(`{"lds_session_id":"x","session_id":1}`))
	f.Add("application/cloudevents-batch+json", "", "", "", "", []byte(`[]`))
	f.Add("text/plain", "1.0", "\x00", "::", "", []byte(nil))
	f.Add("application/cloudevents+json", "", "", "", "", bytes.Repeat([]byte(`{"a":[`), 3000))
	f.Fuzz(func(t *testing.T, kind, version, id, source, name string, body []byte) {
		header := http.Header{}
		header.Set("Content-Type", kind)
		for field, value := range map[string]string{"Ce-Specversion": version, "Ce-Id": id, "Ce-Source": source, "Ce-Type": name} {
			if value != "" {
				header.Set(field, value)
			}
		}
		e, err := decode(t.Context(), header, body)
		if err != nil {
			return
		}
		if e.ID == "" || e.Source == "" || e.Type == "" {
			t.Fatalf("an event without a name: %+v", e)
		}
		d, err := document(record{Event: e, State: waiting}, e.At, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := Collection().CheckDocument(d); err != nil {
			t.Fatal(err)
		}
		var back record
		if err := json.Unmarshal(d.State, &back); err != nil {
			t.Fatal(err)
		}
		if back.Event.key() != e.key() {
			t.Fatal("the event has another key when it is read")
		}
		news, _ := newsOf(e)
		for _, ref := range append(news.Sessions, news.Instances...) {
			if ref == "" || len(ref) > maxRef {
				t.Fatalf("ref %q", ref)
			}
		}
	})
}

// FuzzSignature: no header makes a sender known who has no key.
func FuzzSignature(f *testing.F) {
	f.Add("m1", "1772452800", "v1,AAAA", "Bearer x", []byte("{}"))
	f.Fuzz(func(t *testing.T, id, stamp, signature, authorization string, body []byte) {
		b := New(Config{}, nil, nil)
		header := http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {stamp}, "Webhook-Signature": {signature}, "Authorization": {authorization}}
		if b.authenticate(header, body) == nil || b.Admits(header) == nil {
			t.Fatal("let in")
		}
	})
}
