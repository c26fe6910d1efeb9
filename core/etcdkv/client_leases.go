package etcdkv

import (
	"context"
	"errors"
	"math"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

// Grant implements Leases.
func (c *Client) Grant(ctx context.Context, ttl time.Duration) (lease int64, err error) {
	seconds := int64(math.Ceil(ttl.Seconds()))
	err = c.call(ctx, func(ctx context.Context, conn *clientv3.Client) error {
		answer, err := conn.Grant(ctx, seconds)
		if err != nil {
			return err
		}
		lease = int64(answer.ID)
		return nil
	})
	return lease, err
}

// KeepAlive implements Leases.
func (c *Client) KeepAlive(ctx context.Context, lease int64) (ttl time.Duration, err error) {
	err = c.call(ctx, func(ctx context.Context, conn *clientv3.Client) error {
		seconds, err := c.renewals.renew(ctx, conn, clientv3.LeaseID(lease))
		if err != nil {
			return err
		}
		if seconds <= 0 {
			// The server answers an expired lease with a TTL of zero, not with an error.
			return ErrLeaseGone
		}
		ttl = time.Duration(seconds) * time.Second
		return nil
	})
	return ttl, err
}

// Revoke implements Leases.
func (c *Client) Revoke(ctx context.Context, lease int64) error {
	err := c.call(ctx, func(ctx context.Context, conn *clientv3.Client) error {
		_, err := conn.Revoke(ctx, clientv3.LeaseID(lease))
		return err
	})
	if errors.Is(err, ErrLeaseGone) {
		return nil
	}
	return err
}

// PutLeased implements Leases.
func (c *Client) PutLeased(ctx context.Context, key string, value []byte, lease int64) (created int64, err error) {
	err = c.call(ctx, func(ctx context.Context, conn *clientv3.Client) error {
		answer, err := conn.Txn(ctx).
			If(clientv3.Compare(clientv3.CreateRevision(key), "=", 0)).
			Then(clientv3.OpPut(key, string(value), clientv3.WithLease(clientv3.LeaseID(lease)))).
			Else(clientv3.OpGet(key)).
			Commit()
		if err != nil {
			return err
		}
		if answer.Succeeded {
			created = answer.Header.GetRevision()
			return nil
		}
		held := answer.Responses[0].GetResponseRange().GetKvs()
		if len(held) == 0 || held[0].Lease != lease {
			return ErrKeyTaken
		}
		created = held[0].CreateRevision
		return nil
	})
	return created, err
}

// Delete implements Leases.
func (c *Client) Delete(ctx context.Context, key string) error {
	return c.call(ctx, func(ctx context.Context, conn *clientv3.Client) error {
		_, err := conn.Delete(ctx, key)
		return err
	})
}
