package plane

import (
	"path/filepath"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/cml/system"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/lds"
	"github.com/lablet-cloud-manager/lcm/deploy/sim/world"
)

// worldConfig is the simulated outside of a plane. Its work goes as in reality, only Rate times as fast.
func (p *Plane) worldConfig() world.Config {
	candidate := lds.DefaultTimings()
	candidate.CandidateAuto = p.options.Candidate.Auto
	candidate.LoginAfterMS = p.simulated(p.options.Candidate.LoginAfter.Milliseconds())
	candidate.WorkForMS = p.simulated(p.options.Candidate.Works.Milliseconds())
	return world.Config{
		Dir: filepath.Join(p.options.Dir, "world"), Rate: p.options.Rate, Log: p.options.Log,
		LDS: lds.Config{Timings: &candidate},
		CML: cml.Config{Pools: p.pools()},
	}
}

// simulated turns milliseconds of the people who watch into milliseconds of the simulated world.
func (p *Plane) simulated(ms int64) int64 {
	if p.options.Rate <= 0 {
		return ms
	}
	return int64(float64(ms) * p.options.Rate)
}

// pools are the seats behind the tokens of the licence file, as the licence server sees them.
func (p *Plane) pools() []system.Pool {
	var all []system.Pool
	for _, kind := range []string{"personal", "enterprise"} {
		all = append(all, system.Pool{Name: kind, Token: p.keys.Licenses[kind], Type: kind, Seats: 5})
	}
	return all
}
