// Package etcdkv is the port to etcd: conditional writes, lists at one revision, watches that resume, leases, and a
// mirror of a prefix that repairs itself. Client speaks to a server; memkv is the model of one for tests.
package etcdkv

import (
	"context"
	"time"
)

// Item is one key with its value. Value is shared: read it, never write to it.
type Item struct {
	Key   string
	Value []byte
	// CreateRevision is the store's revision at which the key came to be, since it was last absent.
	CreateRevision int64
	// ModRevision is the store's revision at which the value was last put.
	ModRevision int64
}

// Page is a part of a list, in key order.
type Page struct {
	Items []Item
	// Revision is the one at which the list is taken. Give it to List for the next page.
	Revision int64
	// ClusterID tells one etcd cluster from another; a wiped cluster may come back with the same one.
	ClusterID uint64
	// More reports whether keys follow the last item.
	More bool
}

// Event is a change of one key. For a deletion the item holds only the key and the revision of the deletion.
type Event struct {
	Item    Item
	Deleted bool
}

// Batch is a word from a watch: events, or progress without events, or the error that ends it.
type Batch struct {
	// Events are in the order of their revisions; those of one revision are never split over batches.
	Events []Event
	// Revision is the one up to which all events of the prefix have now been delivered. It is lower than what came before
	// when the store was wiped or restored.
	Revision int64
	// ClusterID is that of the server that answered.
	ClusterID uint64
	// Err ends the watch: ErrCompacted, ErrNoLeader or what failed. The channel is closed after it.
	Err error
}

// Store reads and writes keys. All methods may be called at once from many goroutines. An error is a failure.Error:
// failure.Unavailable when etcd does not answer, and then a write may or may not have been done.
type Store interface {
	// Get reads a key, linearizable.
	Get(ctx context.Context, key string) (Item, bool, error)
	// List reads a page of the keys that begin with prefix and follow after ("" = from the first), at most limit of them
	// (0 = all), as they were at a revision (0 = now). ErrCompacted when that revision is gone, ErrFutureRevision when the
	// store has not reached it.
	List(ctx context.Context, prefix, after string, limit int, revision int64) (Page, error)
	// PutIf puts a value if the key's ModRevision is the given one; 0 means that the key must not exist. ok is false when it
	// was not, and nothing was written. revision is that of the write.
	PutIf(ctx context.Context, key string, value []byte, modRevision int64) (revision int64, ok bool, err error)
	// DeleteIf deletes a key if its ModRevision is the given one, which must not be 0.
	DeleteIf(ctx context.Context, key string, modRevision int64) (ok bool, err error)
	// Watch delivers the changes of the keys that begin with prefix from a revision on (0 = from now), and a batch without
	// events at least each ProgressInterval. The channel closes after a batch with Err, or when ctx ends.
	Watch(ctx context.Context, prefix string, fromRevision int64) <-chan Batch
}

// Leases holds keys that vanish when their holder does. Errors are as those of Store.
type Leases interface {
	// Grant makes a lease. ttl is rounded up to whole seconds and the server may raise it.
	Grant(ctx context.Context, ttl time.Duration) (lease int64, err error)
	// KeepAlive renews a lease once and tells for how long. ErrLeaseGone when it has expired.
	KeepAlive(ctx context.Context, lease int64) (ttl time.Duration, err error)
	// Revoke ends a lease and deletes its keys. A lease that is gone is no error.
	Revoke(ctx context.Context, lease int64) error
	// PutLeased puts a key that vanishes with the lease, and tells the key's CreateRevision. A key that this lease holds
	// already is kept as it is, so a repeat is harmless; ErrKeyTaken when another holds it.
	PutLeased(ctx context.Context, key string, value []byte, lease int64) (createRevision int64, err error)
	// Delete deletes a key. A key that is absent is no error.
	Delete(ctx context.Context, key string) error
}

// ProgressInterval is how often a silent watch says up to where it is.
const ProgressInterval = 10 * time.Second
