package stream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// source is what frames name as theirs.
const source = "control-plane-api"

// The types of the frames that are about the stream itself.
const (
	typeConnected = "connected"
	typeHeartbeat = "heartbeat"
	typeExpired   = "auth.session.expired"
	typeShutdown  = "system.sse.shutdown"
	typeError     = "error"
)

// frame is one event for those who may see it. It is shared by all readers: nobody writes to it.
type frame struct {
	kind    string
	subject readmodel.Kind
	id      string
	version int64
	at      time.Time
	// owner is whose instance it is about, worker which worker.
	owner, worker string
	data          json.RawMessage
	// parts are the frames that a batch holds; a batch has no data of its own until it is cut for a reader.
	parts []frame
	// text is the frame's data line, the same for all who see the whole frame.
	text []byte
}

// rendered fills text in.
func (f frame) rendered() (frame, error) {
	text, err := json.Marshal(api.StreamFrame{
		Type: f.kind, Source: source, Time: f.at, Kind: string(f.subject), ID: f.id, Version: f.version, Data: f.data,
	})
	if err != nil {
		return f, fmt.Errorf("frame %s: %w", f.kind, err)
	}
	f.text = text
	return f, nil
}

// own makes a frame about the stream itself.
func own(kind string, at time.Time, data any) (frame, error) {
	encoded, err := json.Marshal(data)
	if err != nil {
		return frame{}, fmt.Errorf("frame %s: %w", kind, err)
	}
	return frame{kind: kind, at: at.UTC(), data: encoded}.rendered()
}

// put writes a frame in the form of server-sent events. JSON has no line breaks, so that one data line holds it.
func (f frame) put(into *bytes.Buffer, id string) {
	into.WriteString("event: " + f.kind + "\n")
	if id != "" {
		into.WriteString("id: " + id + "\n")
	}
	into.WriteString("data: ")
	into.Write(f.text)
	into.WriteString("\n\n")
}

// eventID is the id of what a revision brought. etcd's clusters count apart.
func eventID(cluster uint64, revision int64) string {
	return strconv.FormatUint(cluster, 16) + "." + strconv.FormatInt(revision, 10)
}

// parseEventID reads an id that a reader gives back.
func parseEventID(text string) (cluster uint64, revision int64, ok bool) {
	first, second, found := bytes.Cut([]byte(text), []byte("."))
	cluster, err := strconv.ParseUint(string(first), 16, 64)
	if err != nil || !found {
		return 0, 0, false
	}
	revision, err = strconv.ParseInt(string(second), 10, 64)
	return cluster, revision, err == nil && revision > 0
}
