package booking

import (
	"math/bits"

	"github.com/lablet-cloud-manager/lcm/core/resource"
)

// portSet marks port numbers of a range, or of as much of its beginning as matters.
type portSet struct {
	first int
	size  int
	words []uint64
}

func (p *portSet) mark(number int) {
	if n := number - p.first; n >= 0 && n < p.size {
		p.words[n/64] |= 1 << (n % 64)
	}
}

// marked reports whether a number is taken; what lies outside the set counts as taken.
func (p *portSet) marked(number int) bool {
	n := number - p.first
	return n < 0 || n >= p.size || p.words[n/64]&(1<<(n%64)) != 0
}

// takeLowest marks the lowest free number and gives it.
func (p *portSet) takeLowest() (int, bool) {
	for w, word := range p.words {
		if word == ^uint64(0) {
			continue
		}
		n := w*64 + bits.TrailingZeros64(^word)
		if n >= p.size {
			return 0, false
		}
		p.words[w] |= 1 << (n % 64)
		return p.first + n, true
	}
	return 0, false
}

// mark puts into the set what overlapping entries use.
func (v *view) mark(set *portSet, window *resource.Window) {
	for i := range v.entries {
		entry := &v.entries[i]
		if len(entry.Ports) == 0 || !v.overlaps(entry, window) {
			continue
		}
		for _, port := range entry.Ports {
			set.mark(port.Number)
		}
	}
}

// smallSet is how many words a port set may have without an allocation.
const smallSet = 16

// pick finds the lowest ports that nobody uses in the window, nil where there are not enough. The wanted numbers are
// among the first used + wanted of the range, so only those are looked at; used is the tally's count for the window.
func (v *view) pick(l *Limits, names []string, window *resource.Window, used int) []Port {
	r := l.portRange()
	size := min(r.Size(), used+len(l.Quarantined)+len(names))
	var small [smallSet]uint64
	words := small[:]
	if size > 64*smallSet {
		words = make([]uint64, (size+63)/64)
	}
	set := portSet{first: r.Min, size: size, words: words[:(size+63)/64]}
	v.mark(&set, window)
	for _, number := range l.Quarantined {
		set.mark(number)
	}
	ports := make([]Port, 0, len(names))
	for _, name := range names {
		number, ok := set.takeLowest()
		if !ok {
			return nil
		}
		ports = append(ports, Port{Name: name, Number: number})
	}
	return ports
}

// keepOrPick keeps the ports that are still free in the window and picks the others anew, nil where it cannot.
func (v *view) keepOrPick(l *Limits, ports []Port, window resource.Window) []Port {
	r := l.portRange()
	set := portSet{first: r.Min, size: r.Size(), words: make([]uint64, (r.Size()+63)/64)}
	v.mark(&set, &window)
	for _, number := range l.Quarantined {
		set.mark(number)
	}
	kept := make([]Port, len(ports))
	for i, port := range ports {
		kept[i] = Port{Name: port.Name}
		if !set.marked(port.Number) {
			kept[i].Number = port.Number
			set.mark(port.Number)
		}
	}
	for i := range kept {
		if kept[i].Number != 0 {
			continue
		}
		number, ok := set.takeLowest()
		if !ok {
			return nil
		}
		kept[i].Number = number
	}
	return kept
}

func portsRefusal(l *Limits, wanted int) *Refusal {
	r := l.portRange()
	return refuse(InsufficientPorts, "needs %d ports, fewer are free between %d and %d", wanted, r.Min, r.Max)
}
