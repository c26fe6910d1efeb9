package relay

import "sync"

// job names a document that is to be carried on.
type job struct{ collection, id string }

// phase is where a job stands.
type phase int

const (
	// waiting is in line.
	waiting phase = iota + 1
	// working is being carried.
	working
	// changed is being carried and was committed again meanwhile: it has to be looked at once more.
	changed
)

// pending are the commits of this replica that are to be carried on: each document once, however often it is written, and
// never by two workers at once. So a document that is written all the time holds nobody up.
type pending struct {
	line chan job

	mu     sync.Mutex
	phases map[job]phase
}

func newPending(limit int) *pending {
	return &pending{line: make(chan job, limit), phases: map[job]phase{}}
}

// add puts a document in line. Where the line is full it is left to the sweep.
func (p *pending) add(j job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch p.phases[j] {
	case waiting, changed:
	case working:
		p.phases[j] = changed
	default:
		p.enter(j)
	}
}

// begin tells that a job from the line is being worked.
func (p *pending) begin(j job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.phases[j] = working
}

// end tells that it is done; what was committed meanwhile goes to the end of the line.
func (p *pending) end(j job) {
	p.mu.Lock()
	defer p.mu.Unlock()
	again := p.phases[j] == changed
	delete(p.phases, j)
	if again {
		p.enter(j)
	}
}

// has reports that a document will be carried, or is.
func (p *pending) has(j job) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.phases[j] != 0
}

// putOff tells how often in a row the sweep has been put off now, when it had been put off so often before; 0 is time to sweep.
func (p *pending) putOff(times int) int {
	if len(p.line) < longLine || times >= putOff {
		return 0
	}
	return times + 1
}

// enter does not wait, so that the lock may be held.
func (p *pending) enter(j job) {
	select {
	case p.line <- j:
		p.phases[j] = waiting
	default:
	}
}
