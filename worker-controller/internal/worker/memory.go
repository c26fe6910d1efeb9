package worker

import (
	"sync"
	"time"
)

// memory is what this process remembers of a worker. Nothing of it is needed to go on: it saves calls, and a process that
// starts without it only looks once more.
type memory struct {
	// failures counts the looks at CML in a row that failed.
	failures int
	// definitionsAt is when node and image definitions were last read.
	definitionsAt time.Time
	// reported is what was last reported of CML, without its time, and when.
	reported   string
	reportedAt time.Time
	// registration is the try that this process has begun.
	registration registration
}

// registration is where a try of a registration stands.
type registration struct {
	begun    bool
	posted   bool
	postedAt time.Time
}

// memories are the memories of all workers. A memory itself is used by the one run of its key.
type memories struct {
	mu   sync.Mutex
	byID map[string]*memory
}

func (m *memories) of(id string) *memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byID[id] == nil {
		m.byID[id] = &memory{}
	}
	return m.byID[id]
}

func (m *memories) forget(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.byID, id)
}
