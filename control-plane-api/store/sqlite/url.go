package sqlite

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

// options are what a store URL says.
type options struct {
	path        string
	synchronous string
	busy        time.Duration
	readers     int
}

const (
	defaultBusy    = 5 * time.Second
	defaultReaders = 4
	maxReaders     = 64
)

// URL is the store URL of the file at an absolute path, without options.
func URL(path string) string {
	u := url.URL{Scheme: "sqlite", Path: path}
	return u.String()
}

// parseURL reads sqlite:///path/file.db?options. ErrInvalid with the reason.
func parseURL(raw string) (options, error) {
	o := options{synchronous: "full", busy: defaultBusy, readers: defaultReaders}
	rest := strings.TrimPrefix(raw, "sqlite://")
	if strings.Contains(rest, ":memory:") {
		return o, fmt.Errorf("%w: sqlite :memory: is refused: each connection would see its own empty store, and a restart would lose it; "+
			"name a file, sqlite:///path/file.db", store.ErrInvalid)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host != "" || u.User != nil || !filepath.IsAbs(u.Path) || strings.HasSuffix(u.Path, "/") {
		return o, fmt.Errorf("%w: a SQLite URL is sqlite:///absolute/path/file.db, with three slashes", store.ErrInvalid)
	}
	o.path = filepath.Clean(u.Path)
	params, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return o, fmt.Errorf("%w: malformed options of the SQLite URL", store.ErrInvalid)
	}
	for key, values := range params {
		if err := o.set(key, values[len(values)-1]); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (o *options) set(key, value string) error {
	switch key {
	case "synchronous":
		o.synchronous = strings.ToLower(value)
		if o.synchronous != "full" && o.synchronous != "normal" && o.synchronous != "off" {
			return fmt.Errorf("%w: SQLite option synchronous is full, normal or off, not %q", store.ErrInvalid, value)
		}
	case "busy_timeout":
		d, err := time.ParseDuration(value)
		if err != nil || d <= 0 || d > time.Minute {
			return fmt.Errorf("%w: SQLite option busy_timeout is a duration up to 1m, such as 5s, not %q", store.ErrInvalid, value)
		}
		o.busy = d
	case "readers":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > maxReaders {
			return fmt.Errorf("%w: SQLite option readers is 1 to %d, not %q", store.ErrInvalid, maxReaders, value)
		}
		o.readers = n
	default:
		return fmt.Errorf("%w: unknown option %q of the SQLite URL", store.ErrInvalid, key)
	}
	return nil
}

// writerDSN has no busy time-out: the writer waits by itself (see writer.begin). The journal's size limit gives disk space back after a burst.
func (o options) writerDSN() string {
	return o.dsn("busy_timeout(0)", "synchronous("+o.synchronous+")", "journal_size_limit(67108864)")
}

// readerDSN makes connections that can't write.
func (o options) readerDSN() string {
	return o.dsn(fmt.Sprintf("busy_timeout(%d)", o.busy.Milliseconds()), "query_only(1)")
}

func (o options) dsn(pragmas ...string) string {
	u := url.URL{Scheme: "file", Path: o.path, RawQuery: url.Values{"_pragma": pragmas, "mode": {"rw"}}.Encode()}
	return u.String()
}
