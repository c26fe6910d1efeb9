package httpapi_test

import (
	"context"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
	"github.com/lablet-cloud-manager/lcm/core/secret"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/call"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/command"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/page"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/query"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/app/repo"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/httpapi"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/inbox"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/internal/journal"
)

const inboundToken = "inbound-token-0123456789abcdef0123456789"

// withEvents gives an edge a real inbox and audit log, and streams and dead letters that a test looks through.
func (e *edge) withEvents(d *httpapi.Deps) {
	d.Inbox = inbox.New(inbox.Config{
		Tokens: []secret.String{secret.New(inboundToken)}, MaxAge: 72 * time.Hour, Now: func() time.Time { return noon },
	}, e.engine, d.Commands)
	d.Audit = query.NewAudit(journal.New(e.engine, false), e.engine, []repo.Stored{
		command.WorkerKind().Stored(), command.InstanceKind().Stored(), command.DefinitionKind().Stored(), command.TemplateKind().Stored(),
	})
	d.Streams, d.DeadLetters = shortStream{}, letters{}
}

// shortStream says who it is for, and ends.
type shortStream struct{}

func (shortStream) Open(ctx context.Context, req api.StreamEvents) (func(context.Context, func([]byte) error), error) {
	who := call.From(ctx).Actor
	return func(_ context.Context, write func([]byte) error) {
		_ = write([]byte("event: connected\ndata: {\"type\":\"" + who + " " + req.WorkerIDs + req.LastEventID + "\"}\n\n"))
	}, nil
}

// letters is one dead letter that the sink takes now.
type letters struct{}

func (letters) List(context.Context, api.List) (page.Page[api.DeadLetter], error) {
	return page.Page[api.DeadLetter]{Items: []api.DeadLetter{{ID: "workers/w/1/0", Aggregate: "workers/w", Status: 415, LaidAsideAt: noon, Event: []byte(`{}`)}}, Total: 1}, nil
}

func (letters) Resend(_ context.Context, ids []string) (api.ResendResult, error) {
	var result api.ResendResult
	for _, id := range ids {
		result.Outcomes = append(result.Outcomes, api.ResendOutcome{ID: id, Outcome: "sent", Status: 202})
	}
	return result, nil
}
