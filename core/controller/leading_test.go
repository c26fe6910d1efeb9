package controller_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"
	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/leader"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// slowList holds up the list of the read models until it is let go.
type slowList struct {
	*memkv.Store
	let chan struct{}
}

func (s slowList) List(ctx context.Context, prefix, after string, limit int, revision int64) (etcdkv.Page, error) {
	if strings.HasPrefix(prefix, readmodel.Root) {
		select {
		case <-s.let:
		case <-ctx.Done():
			return etcdkv.Page{}, failure.Wrap(ctx.Err(), failure.Unavailable, "etcd_unavailable", "etcd did not answer in time")
		}
	}
	return s.Store.List(ctx, prefix, after, limit, revision)
}

func TestALeaderWaitsForItsCaches(t *testing.T) {
	p := newPlane(t)
	p.put(t, "i1")
	etcd := slowList{Store: p.kv, let: make(chan struct{})}
	r := p.start(t, "a", etcd)
	eventually(t, func() bool {
		_, _, status := r.ask(t, http.MethodGet, "/admin/leader-status", "")
		return status["is_leader"] == true
	}, "it leads")
	code, _, _ := r.ask(t, http.MethodGet, "/ready", "")
	require.Equal(t, http.StatusServiceUnavailable, code, "what it cannot see it cannot decide on")
	require.Empty(t, r.seen(), "and it decided nothing")
	close(etcd.let)
	eventually(t, func() bool { return len(r.seen()) > 0 }, "then it works")
	require.Equal(t, 1, r.seen()[0].models, "the first decision saw all models")
	require.True(t, r.leads(t))
}

func TestCallsCarryTheTermAndAreNoted(t *testing.T) {
	p := newPlane(t)
	p.put(t, "i1")
	r := p.start(t, "a", p.kv)
	eventually(t, func() bool { return len(p.received()) > 0 }, "a call came")
	first := p.received()[0]
	require.Equal(t, service+"/1", first.term)
	require.NotEmpty(t, first.key, "a repeat must be known as one")
	eventually(t, func() bool { return len(r.seen()) > 0 }, "it is answered")
	require.False(t, r.Writes.Fresh(readmodel.KindInstance, "i1", 1), "the version that the API wrote is waited for")
	require.True(t, r.Writes.Fresh(readmodel.KindInstance, "i1", 7), "no other")
}

func TestALeaderThatIsToldOfANewerTermResigns(t *testing.T) {
	p := newPlane(t)
	p.put(t, "i1")
	a := p.start(t, "a", p.kv)
	eventually(t, func() bool { return len(a.seen()) > 0 && a.leads(t) }, "a leads")
	b := p.start(t, "b", p.kv)
	eventually(t, func() bool {
		page, err := p.kv.List(t.Context(), leader.Prefix(service), "", 0, 0)
		return err == nil && len(page.Items) == 2
	}, "b queues behind it")
	require.Empty(t, b.seen(), "one leader acts")

	p.setRefuse(true)
	eventually(t, func() bool { return !a.leads(t) }, "a gives up")
	p.setRefuse(false)
	eventually(t, func() bool { return len(a.seen())+len(b.seen()) > 0 && (a.leads(t) || b.leads(t)) }, "someone leads again")
	eventually(t, func() bool {
		calls := p.received()
		last := calls[len(calls)-1]
		return !last.stale && last.term != service+"/1"
	}, "with a newer term, which its calls carry")
	require.NotEqual(t, a.leads(t), b.leads(t), "one of them")
}

func TestAStandbyIsReadyAndTakesOver(t *testing.T) {
	p := newPlane(t)
	p.put(t, "i1")
	a := p.start(t, "a", p.kv)
	eventually(t, func() bool { return a.leads(t) }, "a leads")
	b := p.start(t, "b", p.kv)
	eventually(t, func() bool { code, _, _ := b.ask(t, http.MethodGet, "/ready", ""); return code == http.StatusOK }, "b is ready")
	_, _, ready := b.ask(t, http.MethodGet, "/ready", "")
	require.Equal(t, "standby", ready["role"])
	require.Equal(t, 1, b.models.Len(), "a standby is warm")
	_, _, status := b.ask(t, http.MethodGet, "/admin/leader-status", "")
	require.Equal(t, "a", status["leader_id"], "and knows who leads")

	require.NoError(t, a.stop())
	eventually(t, func() bool { return b.leads(t) && len(b.seen()) > 0 }, "b takes over")
}

func TestWithoutEtcdNobodyActs(t *testing.T) {
	p := newPlane(t)
	p.put(t, "i1")
	p.kv.SetDown(true)
	r := p.start(t, "a", p.kv)
	code, _, _ := r.ask(t, http.MethodGet, "/ready", "")
	require.Equal(t, http.StatusServiceUnavailable, code, "it knows nothing yet")
	p.kv.SetDown(false)
	eventually(t, func() bool { return r.leads(t) && len(r.seen()) > 0 }, "it leads as soon as etcd answers")

	p.kv.SetDown(true)
	eventually(t, func() bool { return !r.leads(t) }, "its lease cannot be renewed")
	stopped := len(p.received())
	code, _, _ = r.ask(t, http.MethodGet, "/health", "")
	require.Equal(t, http.StatusOK, code, "the process is well")
	require.Len(t, p.received(), stopped, "nothing was done meanwhile")
	p.kv.SetDown(false)
	eventually(t, func() bool { return r.leads(t) }, "it goes on when etcd is back")
}

func TestItStopsCleanly(t *testing.T) {
	p := newPlane(t)
	p.put(t, "i1")
	before := goleak.IgnoreCurrent()
	r := p.start(t, "a", p.kv)
	eventually(t, func() bool { return len(r.seen()) > 0 }, "it works")
	require.NoError(t, r.stop())
	page, err := p.kv.List(t.Context(), leader.Prefix(service), "", 0, 0)
	require.NoError(t, err)
	require.Empty(t, page.Items, "its place is free at once")
	p.api.CloseClientConnections()
	goleak.VerifyNone(t, before)
}
