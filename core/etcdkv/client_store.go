package etcdkv

import (
	"context"
	"errors"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// Get implements Store.
func (c *Client) Get(ctx context.Context, key string) (item Item, found bool, err error) {
	err = c.call(ctx, func(ctx context.Context, conn *clientv3.Client) error {
		answer, err := conn.Get(ctx, key)
		if err != nil {
			return err
		}
		if len(answer.Kvs) > 0 {
			item, found = itemOf(answer.Kvs[0]), true
		}
		return nil
	})
	return item, found, err
}

// List implements Store.
func (c *Client) List(ctx context.Context, prefix, after string, limit int, revision int64) (page Page, err error) {
	from := prefix
	if after != "" {
		from = after + "\x00"
	}
	options := []clientv3.OpOption{
		clientv3.WithRange(clientv3.GetPrefixRangeEnd(prefix)),
		clientv3.WithLimit(int64(limit)),
		clientv3.WithRev(revision),
	}
	err = c.call(ctx, func(ctx context.Context, conn *clientv3.Client) error {
		answer, err := conn.Get(ctx, from, options...)
		if err != nil {
			return err
		}
		page = Page{Revision: revision, ClusterID: answer.Header.GetClusterId(), More: answer.More}
		if revision == 0 {
			page.Revision = answer.Header.GetRevision()
		}
		page.Items = make([]Item, 0, len(answer.Kvs))
		for _, kv := range answer.Kvs {
			page.Items = append(page.Items, itemOf(kv))
		}
		return nil
	})
	return page, err
}

// PutIf implements Store.
func (c *Client) PutIf(ctx context.Context, key string, value []byte, modRevision int64) (revision int64, ok bool, err error) {
	err = c.call(ctx, func(ctx context.Context, conn *clientv3.Client) error {
		answer, err := conn.Txn(ctx).
			If(clientv3.Compare(clientv3.ModRevision(key), "=", modRevision)).
			Then(clientv3.OpPut(key, string(value))).
			Commit()
		if err != nil {
			return err
		}
		revision, ok = answer.Header.GetRevision(), answer.Succeeded
		return nil
	})
	return revision, ok, err
}

// DeleteIf implements Store.
func (c *Client) DeleteIf(ctx context.Context, key string, modRevision int64) (ok bool, err error) {
	if modRevision == 0 {
		return false, errDeleteUnconditional
	}
	err = c.call(ctx, func(ctx context.Context, conn *clientv3.Client) error {
		answer, err := conn.Txn(ctx).
			If(clientv3.Compare(clientv3.ModRevision(key), "=", modRevision)).
			Then(clientv3.OpDelete(key)).
			Commit()
		if err != nil {
			return err
		}
		ok = answer.Succeeded
		return nil
	})
	return ok, err
}

var errDeleteUnconditional = errors.New("etcd: DeleteIf needs the revision of what it deletes")

func itemOf(kv *mvccpb.KeyValue) Item {
	return Item{Key: string(kv.Key), Value: kv.Value, CreateRevision: kv.CreateRevision, ModRevision: kv.ModRevision}
}
