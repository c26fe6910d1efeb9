package etcdkv

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Client is a Store and Leases on an etcd server. It connects when first used, so that a process starts while etcd is
// away.
type Client struct {
	config Config
	// turn holds one token: whoever has it may make the connection.
	turn        chan struct{}
	connections *connections
	renewals    *renewals

	mu     sync.Mutex
	conn   *clientv3.Client
	closed bool
}

var (
	_ Store  = (*Client)(nil)
	_ Leases = (*Client)(nil)
)

// Dial makes a client. It does not wait for a connection; an error means that the configuration is wrong.
func Dial(config Config) (*Client, error) {
	if err := config.complete(); err != nil {
		return nil, err
	}
	c := &Client{config: config, turn: make(chan struct{}, 1), connections: newConnections(), renewals: newRenewals()}
	if config.Username == "" {
		// Without a login nothing is sent here, and a malformed endpoint is told at once.
		if _, err := c.connect(); err != nil {
			return nil, fmt.Errorf("etcd: %w", err)
		}
	}
	return c, nil
}

// Close ends all watches and connections. Calls after it fail with ErrClosed.
func (c *Client) Close() error {
	c.mu.Lock()
	conn := c.conn
	c.conn, c.closed = nil, true
	c.mu.Unlock()
	if conn == nil {
		return nil
	}
	if err := conn.Close(); err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("close etcd client: %w", err)
	}
	return nil
}

// Ping asks the cluster for an answer that needs its leader.
func (c *Client) Ping(ctx context.Context) error {
	// The key is never written; a user who may read only /lcm/ may read this one.
	_, _, err := c.Get(ctx, "/lcm/ping")
	return err
}

// call runs one request with a deadline.
func (c *Client) call(ctx context.Context, do func(context.Context, *clientv3.Client) error) error {
	return c.callWithin(ctx, c.config.CallTimeout, do)
}

func (c *Client) callWithin(ctx context.Context, limit time.Duration, do func(context.Context, *clientv3.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	conn, err := c.connected(ctx)
	if err != nil {
		return err
	}
	return translate(do(ctx, conn))
}

// connected gives the connection and makes it when there is none. etcd's client logs in while it is being made and
// fails when it cannot, so this is tried anew at each call until it works.
func (c *Client) connected(ctx context.Context) (*clientv3.Client, error) {
	if conn, err := c.current(); conn != nil || err != nil {
		return conn, err
	}
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, translate(ctx.Err())
	}
	if conn, err := c.current(); conn != nil || err != nil {
		return conn, err
	}
	return c.connect()
}

func (c *Client) current() (*clientv3.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, ErrClosed
	}
	return c.conn, nil
}

func (c *Client) connect() (*clientv3.Client, error) {
	conn, err := clientv3.New(clientv3.Config{
		Endpoints:            c.config.Endpoints,
		Username:             c.config.Username,
		Password:             c.config.Password.Reveal(),
		DialTimeout:          c.config.DialTimeout,
		DialKeepAliveTime:    10 * time.Second,
		DialKeepAliveTimeout: 5 * time.Second,
		TLS:                  c.config.TLS,
		DialOptions:          []grpc.DialOption{grpc.WithStatsHandler(c.connections), grpc.WithConnectParams(reconnect())},
		// Its warnings about retries would repeat, unstructured, what our errors say.
		Logger: zap.NewNop(),
	})
	if err != nil {
		return nil, translate(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		if err := conn.Close(); err != nil {
			return nil, failure.Wrap(err, failure.Unavailable, "etcd_closed", "the etcd client is closed")
		}
		return nil, ErrClosed
	}
	c.conn = conn
	return conn, nil
}

// reconnect is how a lost connection is sought again. By default gRPC comes to wait two minutes between tries, so that after a long
// outage all would stand still for that much longer.
func reconnect() grpc.ConnectParams {
	params := grpc.ConnectParams{Backoff: backoff.DefaultConfig, MinConnectTimeout: 5 * time.Second}
	params.Backoff.BaseDelay, params.Backoff.MaxDelay = 100*time.Millisecond, 3*time.Second
	return params
}
