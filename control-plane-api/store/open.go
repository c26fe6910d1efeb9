package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Driver makes one kind of engine. Engine packages return it from a function, so a program lists the engines it is built with.
type Driver struct {
	// Schemes are the URL schemes the driver serves, such as "sqlite".
	Schemes []string
	// Open opens or creates the store at url. It must not repeat the url in errors: urls may carry a password.
	Open func(ctx context.Context, url string, collections Catalog) (Engine, error)
}

// Open opens the store at url with the one of engines that serves its scheme. ErrInvalid for a malformed url or collection, ErrUnsupported
// when no engine serves the scheme or the data is of a newer major layout, ErrUnavailable when the store can't be reached. The caller closes the engine.
func Open(ctx context.Context, url string, collections []Collection, engines ...Driver) (Engine, error) {
	catalog, err := NewCatalog(collections)
	if err != nil {
		return nil, err
	}
	scheme, _, found := strings.Cut(url, "://")
	if !found {
		return nil, fmt.Errorf("%w: a store URL looks like scheme://path", ErrInvalid)
	}
	var known []string
	for _, d := range engines {
		if slices.Contains(d.Schemes, scheme) {
			engine, err := d.Open(ctx, url, catalog)
			if err != nil {
				return nil, fmt.Errorf("open %s store: %w", scheme, err)
			}
			return engine, nil
		}
		known = append(known, d.Schemes...)
	}
	return nil, fmt.Errorf("%w: this build has no %s engine (it has: %s)", ErrUnsupported, engineName(scheme), strings.Join(known, ", "))
}

// engineName gives the name that people know, and cuts a scheme that is no scheme.
func engineName(scheme string) string {
	if scheme == "mongodb" || scheme == "mongodb+srv" {
		return "MongoDB"
	}
	return fmt.Sprintf("%.20q", scheme)
}
