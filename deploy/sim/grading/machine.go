package grading

import "time"

// advance takes the last run of a part as far as it has got by now. It is a
// function of stored facts and the clock. judge makes the report of a run that
// is graded at the given moment.
func (p *partRecord) advance(now time.Time, rate float64, t Timings, judge func(*partRecord, *run, time.Time)) bool {
	r := p.lastRun()
	moved := false
	for r != nil && !r.done() {
		at, ever := r.until(rate, t)
		if !ever || at.After(now) {
			break
		}
		next := step{Status: r.next(), At: at}
		r.Steps = append(r.Steps[:len(r.Steps):len(r.Steps)], next)
		if next.Status == graded {
			judge(p, r, at)
		}
		p.Modified = &next.At
		moved = true
	}
	return moved
}

// until returns when the present status ends; false: not by itself.
func (r run) until(rate float64, t Timings) (time.Time, bool) {
	now := r.last()
	if r.Outcome.StuckIn == now.Status {
		if r.Released == nil {
			return time.Time{}, false
		}
		return *r.Released, true
	}
	lasts := t.GradeMS
	switch now.Status {
	case pending:
		lasts = t.QueueMS
	case collecting:
		lasts = t.CollectMS
	}
	if rate <= 0 {
		return now.At, lasts == 0
	}
	return now.At.Add(time.Duration(float64(lasts) * float64(time.Millisecond) / rate)), true
}

// next returns the status that follows the present one.
func (r run) next() string {
	now := r.last().Status
	switch {
	case now == pending && r.Collects:
		return collecting
	case now == pending:
		return gradingNow
	case now == r.Outcome.FailIn:
		return faulted
	case now == collecting:
		return gradingNow
	default:
		return graded
	}
}

// failedIn returns the phase in which a faulted run failed.
func (r run) failedIn() string {
	if n := len(r.Steps); n >= 2 && r.last().Status == faulted {
		return r.Steps[n-2].Status
	}
	return ""
}
