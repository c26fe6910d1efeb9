package mongo

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
)

const (
	defaultPatience  = 10 * time.Second
	defaultSelection = 5 * time.Second
	applicationName  = "lcm-control-plane-api" // as the server's log and currentOp show it
)

// settings are what a store URL says.
type settings struct {
	database string
	// patience is the longest that a call without a deadline may take.
	patience time.Duration
	client   *options.ClientOptions
}

// parseURL reads a store URL; for mongodb+srv it asks the DNS. Its errors never repeat the URL, which may hold a password.
func parseURL(raw string) (settings, error) {
	database, err := databaseOf(raw)
	if err != nil {
		return settings{}, err
	}
	journaled := true
	client := options.Client().ApplyURI(raw).
		SetWriteConcern(&writeconcern.WriteConcern{W: writeconcern.WCMajority, Journal: &journaled}).
		SetReadConcern(readconcern.Majority()).
		SetReadPreference(readpref.Primary())
	if err := client.Validate(); err != nil {
		return settings{}, urlError(err)
	}
	s := settings{database: database, patience: defaultPatience, client: client}
	if client.Timeout != nil && *client.Timeout > 0 {
		s.patience = *client.Timeout
	}
	if client.ServerSelectionTimeout == nil {
		client.SetServerSelectionTimeout(defaultSelection)
	}
	if client.AppName == nil {
		client.SetAppName(applicationName)
	}
	return s, nil
}

// databaseOf finds the database in the URL's path. Names are kept to what every server and file system takes.
func databaseOf(raw string) (string, error) {
	_, rest, _ := strings.Cut(raw, "://")
	rest, _, _ = strings.Cut(rest, "?")
	_, path, _ := strings.Cut(rest, "/")
	name, err := url.PathUnescape(path)
	if err != nil || !regexp.MustCompile(`^[A-Za-z0-9_-]{1,63}$`).MatchString(name) {
		return "", fmt.Errorf("%w: a MongoDB URL names its database, mongodb://host/database, with 1 to 63 letters, digits, - or _", store.ErrInvalid)
	}
	switch name {
	case "admin", "local", "config":
		return "", fmt.Errorf("%w: the database %s belongs to MongoDB itself", store.ErrInvalid, name)
	}
	return name, nil
}

// urlError says what is wrong with a URL as far as that can be said without its text.
func urlError(err error) error {
	if dns := (*net.DNSError)(nil); errors.As(err, &dns) {
		return fmt.Errorf("%w: find the servers of the MongoDB URL: %w", store.ErrUnavailable, dns)
	}
	if file := (*fs.PathError)(nil); errors.As(err, &file) {
		return fmt.Errorf("%w: a file of the MongoDB URL: %w", store.ErrInvalid, file)
	}
	return fmt.Errorf("%w: malformed MongoDB URL, expected mongodb://[user:password@]host[:port][,...]/database[?options] with valid options "+
		"and reserved characters of user and password percent-encoded", store.ErrInvalid)
}
