package s3

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/rclone/gofakes3"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// Config describes the object store. The zero value is usable.
type Config struct {
	// Buckets are made at the start when missing.
	Buckets []string
	// Keys are secrets by access key; when set, signatures are verified. When
	// empty, any SigV4 signature is accepted, but none is not.
	Keys map[string]string
}

// Server is a simulated object store.
type Server struct {
	kit     *kit.Kit
	store   *store
	handler http.Handler
}

// New returns a server over the objects in the kit's disk folder.
func New(k *kit.Kit, cfg Config) (*Server, error) {
	disk, err := k.Disk.Sub("buckets")
	if err != nil {
		return nil, err
	}
	st, err := openStore(disk.Dir(), k.Clock.Now)
	if err != nil {
		return nil, err
	}
	s := &Server{kit: k, store: st}
	for _, name := range cfg.Buckets {
		err := st.CreateBucket(context.Background(), name)
		if err != nil && !gofakes3.IsAlreadyExists(err) {
			return nil, fmt.Errorf("s3 bucket %q: %w", name, err)
		}
	}
	k.Faults.SetRender(renderFault)
	s.handler = s.routes(cfg)
	return s, nil
}

// Handler serves S3 and the control routes under /_sim/.
func (s *Server) Handler() http.Handler { return s.handler }

// Get returns the content of an object; a missing bucket or key is an error.
func (s *Server) Get(ctx context.Context, bucket, key string) (content []byte, err error) {
	o, err := s.store.GetObject(ctx, bucket, key, nil)
	if err != nil {
		return nil, fmt.Errorf("get %s/%s: %w", bucket, key, err)
	}
	defer gofakes3.CheckClose(o.Contents, &err)
	return io.ReadAll(o.Contents)
}

// Put writes an object into a bucket that exists.
func (s *Server) Put(ctx context.Context, bucket, key string, content []byte) error {
	meta := map[string]string{"Last-Modified": s.kit.Clock.Now().Format(http.TimeFormat)}
	_, err := s.store.PutObject(ctx, bucket, key, meta, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return fmt.Errorf("put %s/%s: %w", bucket, key, err)
	}
	return nil
}

func (s *Server) routes(cfg Config) http.Handler {
	protocol := gofakes3.New(s.store,
		gofakes3.WithV4Auth(cfg.Keys),
		gofakes3.WithTimeSource(clock{s.kit.Clock}),
		// Tests move the simulated clock by hours, which clients cannot follow.
		gofakes3.WithTimeSkewLimit(0),
		gofakes3.WithLogger(logger{s.kit.Log}),
	)
	r := chi.NewRouter()
	r.Use(s.kit.Faults.Middleware(operation))
	s.kit.Control(r)
	r.Get("/_sim/state", s.dump)
	r.Handle("/*", signed(limited(s.shortLabels(protocol.Server()))))
	return r
}
