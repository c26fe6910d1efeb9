package inbox_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/apptest"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/domain/instance"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/inbox"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
)

const (
	token   = "inbound-token-0123456789abcdef0123456789"
	signing = "inbound-secret-0123456789abcdef012345678"
)

// bench is an inbox beside an application; the clock is the application's.
type bench struct {
	t      *testing.T
	world  *apptest.World
	engine *storetest.FaultyEngine
	inbox  *inbox.Inbox
	config inbox.Config
	// worker has room for all instances of a test.
	worker string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, world: apptest.New(t), engine: storetest.Faulty(storetest.New(t, inbox.Collection()), nil)}
	b.config = inbox.Config{
		Tokens: []secret.String{secret.New("an-older-token"), secret.New(token)}, Secrets: []secret.String{secret.New(signing)},
		MaxAge: 72 * time.Hour, Retention: 96 * time.Hour, Now: b.world.Clock.Now,
	}
	b.restart()
	return b
}

func (b *bench) restart() { b.inbox = inbox.New(b.config, b.engine, b.world.Commands) }

// event is a structured event with the time of the clock.
type event struct {
	ID, Type, Source, Subject string
	Data                      map[string]any
}

func (b *bench) structured(e event) []byte {
	b.t.Helper()
	at := b.world.Clock.Now()
	data, err := json.Marshal(e.Data)
	require.NoError(b.t, err)
	if e.Source == "" {
		e.Source = "https://labs.example"
	}
	text, err := json.Marshal(api.CloudEvent{
		SpecVersion: "1.0", ID: e.ID, Source: e.Source, Type: e.Type, Subject: e.Subject, Time: &at, DataContentType: "application/json", Data: data,
	})
	require.NoError(b.t, err)
	return text
}

func bearer(kind string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {kind}}
}

// send hands a structured event in with the token, each a little later than the one before.
func (b *bench) send(e event) {
	b.t.Helper()
	b.world.Clock.Move(time.Millisecond)
	require.NoError(b.t, b.inbox.Receive(b.t.Context(), bearer(api.CloudEventType), b.structured(e)))
}

// work makes one round.
func (b *bench) work() {
	b.t.Helper()
	require.NoError(b.t, b.inbox.Work(context.Background()))
}

// signedHeader signs a body as Standard Webhooks has it.
func signedHeader(key []byte, id string, at time.Time, body []byte) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%s.%s.%s", id, stamp, body)
	return http.Header{
		"Content-Type": {api.CloudEventType}, "Webhook-Id": {id}, "Webhook-Timestamp": {stamp},
		"Webhook-Signature": {"v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))},
	}
}

// kept is what the store says of an event.
type kept struct {
	State  string
	Reason string
	Tries  int
}

func (b *bench) kept() (all []kept) {
	b.t.Helper()
	found, err := b.engine.Find(b.t.Context(), inbox.Name, store.Query{Sort: store.ByCreatedAt})
	require.NoError(b.t, err)
	for _, d := range found {
		var one kept
		require.NoError(b.t, json.Unmarshal(d.State, &one))
		all = append(all, one)
	}
	return all
}

// ready is an instance that waits for its candidate; its LDS session is lds-{id}.
func (b *bench) ready() *instance.Instance {
	b.t.Helper()
	w := b.world
	i := w.Book(w.Definition(2).ID, time.Minute, time.Hour)
	if b.worker == "" {
		b.worker = w.ReadyWorker(96).ID
	}
	w.Place(b.worker, i.ID)
	_, err := w.Start(i.ID)
	require.NoError(b.t, err)
	w.Intend(i.ID)
	_, generation := w.Instance(i.ID)
	_, err = w.Commands.MarkReady(apptest.Service("lablet-controller", ""), api.MarkReady{ID: i.ID, Body: api.MarkReadyBody{
		Generation: generation, CMLLabID: "lab", LDSSessionID: "lds-" + i.ID, LDSLoginURL: "https://lds.example/launch?token=x",
	}})
	require.NoError(b.t, err)
	return b.instance(i.ID)
}

func (b *bench) instance(id string) *instance.Instance {
	b.t.Helper()
	i, _ := b.world.Instance(id)
	return i
}
