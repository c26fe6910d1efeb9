package bubble

import (
	"slices"
	"time"
)

// running lists the processes of a service that are alive, oldest first.
func (p *Plane) running(service string) []*replica {
	var all []*replica
	for _, r := range p.replicas {
		if r.service == service && !r.life.ended() {
			all = append(all, r)
		}
	}
	return all
}

// Kill ends a process of a service as a crash does. Launch starts another one.
func (p *Plane) Kill(service string) {
	if all := p.serving(service); len(all) > 0 {
		all[0].kill()
	}
}

// Launch starts a process of a service.
func (p *Plane) Launch(service string) { p.launch(service) }

// Pause holds up a process of a service as SIGSTOP does, and gives the call that ends it.
func (p *Plane) Pause(service string) (resume func()) {
	all := p.serving(service)
	if len(all) == 0 {
		return func() {}
	}
	all[0].pause()
	return all[0].resume
}

// Partition cuts a process of a service off from etcd but from nothing else, and gives the call that ends it.
func (p *Plane) Partition(service string) (heal func()) {
	all := p.serving(service)
	if len(all) == 0 {
		return func() {}
	}
	r := all[0]
	r.link.Freeze()
	return func() {
		if !r.life.ended() {
			r.link.Thaw()
		}
	}
}

// Cycle starts a process of a service, lets it live for a while and stops it in order. It tells how long the stop took.
func (p *Plane) Cycle(service string, lives time.Duration) (time.Duration, error) {
	r := p.launch(service)
	<-time.After(lives)
	begun := time.Now()
	err := r.stop()
	r.retired = true
	return time.Since(begun), err
}

// Roll replaces a process of a service in order: one more is started, then the oldest is stopped.
func (p *Plane) Roll(service string) {
	all := p.serving(service)
	p.launch(service)
	if len(all) > 0 {
		all[0].retire()
	}
}

// Restore starts a process of each service that has none, brings etcd and the store back and lets everything go that is
// held up.
func (p *Plane) Restore() {
	p.Rain(false)
	p.Etcd.SetDown(false)
	p.StoreDown(false)
	for _, service := range Services() {
		for _, r := range p.running(service) {
			r.resume()
		}
		if len(p.serving(service)) == 0 {
			p.launch(service)
		}
	}
}

// serving lists the processes of a service that run and are not about to stop.
func (p *Plane) serving(service string) []*replica {
	return slices.DeleteFunc(p.running(service), func(r *replica) bool { return r.retired })
}

// StoreDown makes every call of the store fail, or ends that.
func (p *Plane) StoreDown(down bool) { p.rain.noStore.Store(down) }

// Jump moves the clock of the simulated world, which no longer agrees with the services'.
func (p *Plane) Jump(by time.Duration) { p.outside.clock.Advance(by) }

// Services lists all services.
func Services() []string { return []string{API, Scheduler, Workers, Lablets} }
