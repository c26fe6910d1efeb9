package etcdtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
)

// Cluster is an etcd of three members, each of which can be stopped and started.
type Cluster struct {
	Members []*Server

	t testing.TB
}

// NewCluster runs a cluster until the end of the test.
func NewCluster(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	var initial []string
	for i := range 3 {
		// Longer ticks than those of a single member: here a late heartbeat costs the leadership.
		s := &Server{Endpoint: freeURL(t), t: t, name: fmt.Sprint("member-", i), peer: freeURL(t), dir: t.TempDir(), tick: 50 * time.Millisecond}
		initial = append(initial, s.name+"="+s.peer)
		c.Members = append(c.Members, s)
	}
	for _, s := range c.Members {
		s.cluster = strings.Join(initial, ",")
		s.launch()
		t.Cleanup(s.Stop)
	}
	for _, s := range c.Members {
		s.await()
	}
	return c
}

// Leader waits for a leader and gives its index among Members.
func (c *Cluster) Leader() int {
	c.t.Helper()
	leader := -1
	require.Eventually(c.t, func() bool {
		for i, s := range c.Members {
			if s.etcd != nil && s.etcd.Server.Leader() == s.etcd.Server.MemberID() {
				leader = i
				return true
			}
		}
		return false
	}, 30*time.Second, 10*time.Millisecond, "a leader of etcd")
	return leader
}

// MoveLeader gives the leadership, which this member must have, to another.
func (s *Server) MoveLeader(ctx context.Context, to *Server) error {
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{s.Endpoint}, Logger: zap.NewNop()})
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	_, err = client.MoveLeader(ctx, uint64(to.etcd.Server.MemberID()))
	return err
}

// Client makes a client that knows all members; it is closed at the end of the test.
func (c *Cluster) Client() *etcdkv.Client {
	c.t.Helper()
	var endpoints []string
	for _, s := range c.Members {
		endpoints = append(endpoints, s.Endpoint)
	}
	return dial(c.t, endpoints...)
}
