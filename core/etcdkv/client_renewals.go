package etcdkv

import (
	"context"
	"fmt"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc"
)

// renewals renews leases over one stream that stays open. etcd's own KeepAliveOnce opens a stream for each renewal, and a
// client with a password logs in for each stream: then every renewal would wait for the server's deliberately slow check of the
// password. Its KeepAlive keeps a stream, but does not tell when a renewal was sent, which is what a lease is counted from.
type renewals struct {
	// turn holds one token: whoever has it may use the stream.
	turn   chan struct{}
	stream grpc.BidiStreamingClient[pb.LeaseKeepAliveRequest, pb.LeaseKeepAliveResponse]
	on     *clientv3.Client
	cancel context.CancelFunc
}

func newRenewals() *renewals { return &renewals{turn: make(chan struct{}, 1)} }

// renew renews a lease and gives the seconds that it has, 0 when it is gone. A stream that failed, or whose answer was not
// waited for, is not used again.
func (r *renewals) renew(ctx context.Context, conn *clientv3.Client, lease clientv3.LeaseID) (seconds int64, err error) {
	select {
	case r.turn <- struct{}{}:
		defer func() { <-r.turn }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	if r.stream != nil && r.on != conn {
		r.drop()
	}
	if r.stream == nil {
		if err := r.open(ctx, conn); err != nil {
			return 0, err
		}
	}
	giveUp := context.AfterFunc(ctx, r.cancel)
	answer, err := r.exchange(lease)
	if !giveUp() || err != nil {
		r.drop()
	}
	if err != nil && ctx.Err() != nil {
		return 0, ctx.Err()
	}
	return answer.GetTTL(), err
}

// open opens the stream, which outlives the call.
func (r *renewals) open(ctx context.Context, conn *clientv3.Client) error {
	lasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	giveUp := context.AfterFunc(ctx, cancel)
	stream, err := pb.NewLeaseClient(conn.ActiveConnection()).LeaseKeepAlive(clientv3.WithRequireLeader(lasting))
	if !giveUp() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		cancel()
		return err
	}
	r.stream, r.on, r.cancel = stream, conn, cancel
	return nil
}

func (r *renewals) exchange(lease clientv3.LeaseID) (*pb.LeaseKeepAliveResponse, error) {
	if err := r.stream.Send(&pb.LeaseKeepAliveRequest{ID: int64(lease)}); err != nil {
		// The stream's own error says why it ended.
		if _, cause := r.stream.Recv(); cause != nil {
			return nil, cause
		}
		return nil, err
	}
	answer, err := r.stream.Recv()
	if err == nil && answer.GetID() != int64(lease) {
		return nil, fmt.Errorf("etcd renewed lease %x instead of %x", answer.GetID(), int64(lease))
	}
	return answer, err
}

func (r *renewals) drop() {
	r.cancel()
	r.stream, r.on, r.cancel = nil, nil, nil
}
