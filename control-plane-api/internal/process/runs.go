package process

import (
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/failure"
)

// Run is one sweep as it last ran in this replica.
type Run struct {
	Name string
	// At is zero where it has not run here: only the leading replica sweeps.
	At time.Time
	// Code is that of the last run's failure, empty when it went well.
	Code string
}

// runs remembers the last run of each sweep. It is safe for concurrent use.
type runs struct {
	mu   sync.Mutex
	last map[string]Run
}

func (r *runs) note(name string, at time.Time, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil {
		r.last = map[string]Run{}
	}
	run := Run{Name: name, At: at}
	if err != nil {
		run.Code = failure.CodeOf(err)
	}
	r.last[name] = run
}

// Runs lists the sweeps and how they last ran here.
func (p *Processes) Runs() []Run {
	p.runs.mu.Lock()
	defer p.runs.mu.Unlock()
	var all []Run
	for _, sweep := range p.sweeps() {
		run := p.runs.last[sweep.name]
		run.Name = sweep.name
		all = append(all, run)
	}
	return all
}

// Interval is the time between two passes.
func (p *Processes) Interval() time.Duration { return p.d.Interval }
