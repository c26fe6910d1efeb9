package plane

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

func TestFastIsALifeInSeconds(t *testing.T) {
	o := Fast("/data", nil)
	require.Equal(t, "/data", o.Dir)
	require.GreaterOrEqual(t, o.LeaseTTL, 2*time.Second, "etcd counts leases in whole seconds and grants no shorter ones")
	require.Less(t, o.Poll, o.LeaseTTL)
	require.True(t, o.Candidate.Auto)
	require.Less(t, o.Candidate.LoginAfter+o.Candidate.Works, o.GradingTimeout)
	require.Positive(t, o.LeadSeconds)
	require.False(t, o.Split)
	require.NotNil(t, (&Plane{options: o}).log(), "no log is a silent one")
}

func TestPeopleWaitInRealTime(t *testing.T) {
	for _, c := range []struct {
		rate float64
		want int64
	}{{1, 500}, {100, 50_000}, {0, 500}} {
		o := fast(t)
		o.Rate = c.rate
		require.Equal(t, c.want, (&Plane{options: o}).simulated(500), "a world at %g times the speed", c.rate)
		p := &Plane{options: o, keys: newKeys()}
		require.Equal(t, c.want, p.worldConfig().LDS.Timings.LoginAfterMS)
		require.Len(t, p.pools(), 2)
	}
}

func TestPortsAreKeptOverRestarts(t *testing.T) {
	o := fast(t)
	start := func() *Plane {
		p := &Plane{options: o, listeners: map[string]net.Listener{}}
		require.NoError(t, p.listen(t.Context()))
		return p
	}
	first := start()
	before := ports(first)
	require.Len(t, before, len(Services()))
	first.release()
	second := start()
	require.Equal(t, before, ports(second))

	third := start() // while the second one listens
	defer third.release()
	defer second.release()
	for service, address := range ports(third) {
		require.NotEqual(t, before[service], address, "a port that is taken is left")
	}

	require.NoError(t, os.WriteFile(filepath.Join(o.Dir, "ports.json"), []byte("{"), 0o600))
	fourth := start()
	defer fourth.release()
	require.Len(t, ports(fourth), len(Services()), "a damaged file costs new ports, nothing else")
}

func ports(p *Plane) map[string]string {
	all := map[string]string{}
	for service, listener := range p.listeners {
		all[service] = listener.Addr().String()
	}
	return all
}

func TestOnlyTheAPIWritesState(t *testing.T) {
	for _, service := range Services() {
		writes := map[string]bool{}
		for _, g := range grants(service) {
			if g.kind != clientv3.PermissionType(clientv3.PermRead) {
				writes[g.prefix] = true
			}
		}
		want := map[string]bool{readmodel.LeaderRoot + service + "/": true}
		if service == API {
			want[readmodel.Root] = true
		}
		require.Equal(t, want, writes, service)
		require.True(t, slices.ContainsFunc(grants(service), func(g grant) bool { return g.prefix == readmodel.Root }), "all read state")
	}
	require.False(t, strings.HasPrefix(readmodel.LeaderRoot, readmodel.Root), "election keys are no state")
}

func TestOnlyAChildCanBeKilled(t *testing.T) {
	p := &Plane{children: map[string]*child{Lablets: {service: Lablets}}}
	require.ErrorContains(t, p.Kill(t.Context(), Workers), "process of its own")
	require.Zero(t, p.Starts(Lablets))
	require.Zero(t, p.Starts(Workers))
}

func TestFindingAPlane(t *testing.T) {
	dir := t.TempDir()
	_, err := Find(dir)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(filepath.Join(dir, endpointsFile), []byte(`{"api": "http://127.0.0.1:1", "process_id": 7}`), 0o600))
	at, err := Find(dir)
	require.NoError(t, err)
	require.Equal(t, Endpoints{API: "http://127.0.0.1:1", ProcessID: 7}, at)
}

func TestServeKnowsItsServices(t *testing.T) {
	require.ErrorContains(t, Serve(context.Background(), "mailer", nil, nil, nil), `"mailer"`)
	for _, service := range Services() {
		require.ErrorContains(t, Serve(context.Background(), service, nil, nil, nil), "configuration", "%s has no default keys", service)
	}
}

func TestReplicasOfTheAPI(t *testing.T) {
	require.Equal(t, Services(), Options{}.replicas())
	require.Equal(t, []string{API, "control-plane-api-2", "control-plane-api-3", Scheduler, Workers, Lablets}, Options{APIs: 3}.replicas())
	require.Equal(t, []string{API}, Options{APIOnly: true}.replicas())
	require.Equal(t, []string{API, Scheduler, "resource-scheduler-2", Workers, "worker-controller-2", Lablets, "lablet-controller-2"}, Options{Controllers: 2}.replicas())
	require.Equal(t, Lablets, serviceOf(Replica(Lablets, 2)))
	require.Equal(t, API, APIReplica(1))
	require.Equal(t, "sqlite:///data/lcm.db", Options{Dir: "/data"}.StoreURL())
	require.Equal(t, "mongodb://db/lcm", Options{Dir: "/data", Store: "mongodb://db/lcm"}.StoreURL())
	for _, replica := range (Options{APIs: 2}).replicas() {
		require.Contains(t, Services(), serviceOf(replica))
	}
	require.Equal(t, API, serviceOf(APIReplica(2)))
}
