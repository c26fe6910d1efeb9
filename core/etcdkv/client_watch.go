package etcdkv

import (
	"context"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/metadata"
)

// Watch implements Store.
func (c *Client) Watch(ctx context.Context, prefix string, fromRevision int64) <-chan Batch {
	out := make(chan Batch)
	go func() {
		defer close(out)
		// Ends etcd's watcher whatever the reason for which this one ends.
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		if err := c.watch(ctx, prefix, fromRevision, out); err != nil {
			send(ctx, out, Batch{Err: err})
		}
	}()
	return out
}

func (c *Client) watch(ctx context.Context, prefix string, fromRevision int64, out chan<- Batch) error {
	dial, cancel := context.WithTimeout(ctx, c.config.CallTimeout)
	conn, err := c.connected(dial)
	cancel()
	if err != nil {
		return err
	}
	lost := c.connections.nextLoss()
	// Watches with equal metadata share a stream; a stream of its own keeps progress requests from being answered only
	// when every other watch has caught up.
	ctx = metadata.AppendToOutgoingContext(clientv3.WithRequireLeader(ctx), "lcm-watch", prefix)
	answers := conn.Watch(ctx, prefix,
		clientv3.WithPrefix(), clientv3.WithRev(fromRevision), clientv3.WithFragment(), clientv3.WithProgressNotify())
	progress := time.NewTicker(ProgressInterval)
	defer progress.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-lost:
			return errConnectionLost
		case <-progress.C:
			go c.requestProgress(ctx, conn)
		case answer, open := <-answers:
			if ctx.Err() != nil {
				return nil
			}
			if !open {
				return ErrWatchEnded
			}
			if err := answer.Err(); err != nil {
				return translate(err)
			}
			if !send(ctx, out, batchOf(answer)) {
				return nil
			}
		}
	}
}

// requestProgress does not hold up the watch: etcd's client blocks in it while it has no connection. A failure needs no
// report, since whoever watches hears nothing and lists again.
func (c *Client) requestProgress(ctx context.Context, conn *clientv3.Client) {
	ctx, cancel := context.WithTimeout(ctx, c.config.CallTimeout)
	defer cancel()
	_ = conn.RequestProgress(ctx)
}

// batchOf takes the revision of the last event where there are events: the header may name one up to which a watch that
// is catching up has not come yet.
func batchOf(answer clientv3.WatchResponse) Batch {
	batch := Batch{Revision: answer.Header.GetRevision(), ClusterID: answer.Header.GetClusterId()}
	if len(answer.Events) == 0 {
		return batch
	}
	batch.Events = make([]Event, 0, len(answer.Events))
	for _, event := range answer.Events {
		batch.Events = append(batch.Events, Event{Item: itemOf(event.Kv), Deleted: event.Type == clientv3.EventTypeDelete})
	}
	batch.Revision = answer.Events[len(answer.Events)-1].Kv.ModRevision
	return batch
}

func send(ctx context.Context, out chan<- Batch, batch Batch) bool {
	select {
	case out <- batch:
		return true
	case <-ctx.Done():
		return false
	}
}
