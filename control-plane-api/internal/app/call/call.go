// Package call carries who is calling, and why, from the edge to the place where a change is stored.
package call

import (
	"context"
	"slices"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/api"
)

// Call is the caller's side of one command. Commands of the API's own processes have Actor "control-plane-api".
type Call struct {
	// Actor is a person's subject, or a service's name.
	Actor string
	// Roles are the person's; empty for services.
	Roles []api.Role
	// Route is the operation id; with Key and BodyHash it recognises a repeat.
	Route    string
	Key      string
	BodyHash string
	// Term is the leader's term of a service's call, nil where none is needed.
	Term *api.Term
	// Generation is what the caller decided on; 0 is not checked.
	Generation int64
	// Versions are those that the caller decided on (If-Match), one of which must be the present one. nil is not checked; of an empty
	// list none is.
	Versions []int64
	// Reason is why, in the caller's words.
	Reason    string
	RequestID string
	SourceIP  string
	// Expires is when the caller's token ends; zero where nobody knows. It ends what goes on after the call was let in.
	Expires time.Time
}

type key struct{}

// With puts a call into a context.
func With(ctx context.Context, c Call) context.Context { return context.WithValue(ctx, key{}, c) }

// From takes the call out of a context; without one the actor is the API itself.
func From(ctx context.Context) Call {
	if c, ok := ctx.Value(key{}).(Call); ok {
		return c
	}
	return Call{Actor: Self}
}

// Self is the actor of the API's own processes.
const Self = "control-plane-api"

// AtGeneration sets the generation to be checked.
func AtGeneration(ctx context.Context, generation int64) context.Context {
	c := From(ctx)
	c.Generation = generation
	return With(ctx, c)
}

// AtVersion sets the version to be checked; 0 is none.
func AtVersion(ctx context.Context, version int64) context.Context {
	if version == 0 {
		return AtVersions(ctx, nil)
	}
	return AtVersions(ctx, []int64{version})
}

// AtVersions sets the versions of which one is to be found.
func AtVersions(ctx context.Context, versions []int64) context.Context {
	c := From(ctx)
	c.Versions = versions
	return With(ctx, c)
}

// Takes reports whether the caller decided on this version, or on none in particular.
func (c Call) Takes(version int64) bool {
	return c.Versions == nil || slices.Contains(c.Versions, version)
}

// Because sets the reason.
func Because(ctx context.Context, reason string) context.Context {
	c := From(ctx)
	c.Reason = reason
	return With(ctx, c)
}
