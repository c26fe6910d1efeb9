// Package data holds the seeds that ship with control-plane-api: worker templates to begin with. An installation mounts its
// own folder in their place, or adds to them.
package data

import "embed"

// Seeds is the folder seeds/ in the layout that DATA_SEED_BASE_PATH has.
//
//go:embed seeds
var Seeds embed.FS
