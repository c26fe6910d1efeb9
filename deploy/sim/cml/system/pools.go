package system

import (
	"fmt"
	"slices"
	"sync"

	"github.com/lablet-cloud-manager/lcm/deploy/sim/kit"
)

// Pool is what stands behind one registration token at the licence server.
type Pool struct {
	Name  string `json:"name"`
	Token string `json:"token"`
	// Type is the licence type: personal, enterprise or evaluation.
	Type string `json:"type"`
	// Seats is the number of machines that may be registered; negative: any number.
	Seats int `json:"seats"`
	// Failure, when set, makes every registration fail with this text.
	Failure string `json:"failure,omitempty"`
}

// PoolView is a pool without its token, with the machines that hold seats.
type PoolView struct {
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Seats   int      `json:"seats"`
	Failure string   `json:"failure,omitempty"`
	Holders []string `json:"holders"`
}

// Pools is the licence server that all machines share. A machine that goes away
// without deregistration keeps its seat. It is safe for concurrent use.
type Pools struct {
	disk    *kit.Disk
	initial []Pool

	mu  sync.Mutex // guards what follows
	doc poolsDocument
}

type poolsDocument struct {
	// Replaced are the pools set by control, nil while the initial ones count.
	Replaced []Pool              `json:"replaced"`
	Holders  map[string][]string `json:"holders"`
}

const poolsDoc = "license-pools"

// anyToken is the pool of every token while no pools are set.
func anyToken() Pool { return Pool{Name: "any", Type: "enterprise", Seats: -1} }

// LoadPools opens the kept seats; the initial pools count until Replace. With no
// pools at all every token is worth an enterprise licence.
func LoadPools(disk *kit.Disk, initial []Pool) (*Pools, error) {
	p := &Pools{disk: disk, initial: slices.Clone(initial)}
	if _, err := disk.Load(poolsDoc, &p.doc); err != nil {
		return nil, fmt.Errorf("licence pools: %w", err)
	}
	if p.doc.Holders == nil {
		p.doc.Holders = map[string][]string{}
	}
	return p, nil
}

// Replace sets the pools; seats held in pools of the same name stay held.
func (p *Pools) Replace(pools []Pool) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.doc.Replaced = append([]Pool{}, pools...)
	return p.save()
}

func (p *Pools) present() []Pool {
	if p.doc.Replaced != nil {
		return p.doc.Replaced
	}
	return p.initial
}

// View returns the pools in order.
func (p *Pools) View() []PoolView {
	p.mu.Lock()
	defer p.mu.Unlock()
	pools := p.present()
	if len(pools) == 0 {
		pools = []Pool{anyToken()}
	}
	views := make([]PoolView, len(pools))
	for i, pool := range pools {
		views[i] = PoolView{
			Name: pool.Name, Type: pool.Type, Seats: pool.Seats, Failure: pool.Failure,
			Holders: append([]string{}, p.doc.Holders[pool.Name]...),
		}
	}
	return views
}

// take gives the machine a seat of the token's pool. The failure is the reason
// why there is none, empty on success.
func (p *Pools) take(token, machine string) (pool Pool, failure string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pool, known := p.find(token)
	held := p.doc.Holders[pool.Name]
	switch {
	case !known:
		return pool, "The token is not valid.", nil
	case pool.Failure != "":
		return pool, pool.Failure, nil
	case slices.Contains(held, machine):
		return pool, "", nil
	case pool.Seats >= 0 && len(held) >= pool.Seats:
		return pool, "Not enough licenses: no seat is left in the virtual account.", nil
	}
	p.doc.Holders[pool.Name] = append(held, machine)
	return pool, "", p.save()
}

// give returns the machine's seat.
func (p *Pools) give(pool, machine string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.doc.Holders[pool] = slices.DeleteFunc(p.doc.Holders[pool], func(m string) bool { return m == machine })
	return p.save()
}

func (p *Pools) find(token string) (Pool, bool) {
	if len(p.present()) == 0 {
		return anyToken(), true
	}
	for _, pool := range p.present() {
		if pool.Token == token {
			return pool, true
		}
	}
	return Pool{}, false
}

func (p *Pools) save() error { return p.disk.Save(poolsDoc, p.doc) }
