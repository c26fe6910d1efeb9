package bubble

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/lablet-cloud-manager/lcm/core/config"
	"github.com/lablet-cloud-manager/lcm/core/controller"
	"github.com/lablet-cloud-manager/lcm/core/etcdkv/memkv"

	api "github.com/lablet-cloud-manager/lcm/control-plane-api/service"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store"
	"github.com/lablet-cloud-manager/lcm/control-plane-api/store/storetest"
	lablets "github.com/lablet-cloud-manager/lcm/lablet-controller/service"
	scheduler "github.com/lablet-cloud-manager/lcm/resource-scheduler/service"
	workers "github.com/lablet-cloud-manager/lcm/worker-controller/service"
)

// replica is one process of a service.
type replica struct {
	service, name string
	host          string
	life          *life
	link          *memkv.Link
	transport     *http.Transport
	cancel        context.CancelFunc
	// done is closed when it has ended, with err.
	done chan struct{}
	err  error
	// retired tells that it was told to stop.
	retired bool

	mu       sync.Mutex
	listener *listener
}

// restartPause is how long a process that has ended by itself stays away.
const restartPause = time.Second

// launch starts one more process of a service.
func (p *Plane) launch(service string) *replica {
	p.launched++
	r := &replica{
		service: service, name: fmt.Sprintf("%s-%d", service, p.launched), life: newLife(), link: memkv.NewLink(p.Etcd), done: make(chan struct{}),
	}
	r.host = r.name + ":80"
	if service == API {
		r.host = apiHost + ":80"
	}
	r.transport = &http.Transport{DialContext: p.network.dial}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	environment := p.files.environment(service, r.name)
	listener := r.listen(p.network)
	go func() {
		defer close(r.done)
		r.err = p.supervise(ctx, r, environment, listener)
	}()
	p.replicas = append(p.replicas, r)
	return r
}

// supervise starts a process again that ended by itself, as whoever deploys it does.
func (p *Plane) supervise(ctx context.Context, r *replica, environment []string, listener net.Listener) error {
	for {
		err := p.serve(ctx, r, environment, listener)
		_ = listener.Close() // one that did not come up has not done so
		r.transport.CloseIdleConnections()
		if ctx.Err() != nil && errors.Is(err, store.ErrUnavailable) {
			return nil // told to stop while it could not start
		}
		if ctx.Err() != nil {
			return err
		}
		p.Log.Warn("process ended by itself", "process", r.name, "error", err)
		if wait(ctx, restartPause) != nil {
			return nil
		}
		listener = r.listen(p.network)
	}
}

func (r *replica) listen(n *network) net.Listener {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.listener != nil {
		r.listener.cut()
	}
	r.listener = n.listen(r.host)
	return r.listener
}

// hangUp closes all that is connected to the process.
func (r *replica) hangUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listener.cut()
}

func (p *Plane) serve(ctx context.Context, r *replica, environment []string, listener net.Listener) error {
	outside := carrier{next: p.outside, life: r.life, rain: p.rain, process: r.service}
	if r.service == API {
		return load(environment, func(c api.Config) error {
			s, err := api.New(ctx, c, api.Deps{
				Listener: listener, Etcd: r.link, Engine: storetest.Faulty(p.data.Open(), p.rain.storeHook(r.service, r.life)),
				HTTP: &http.Client{Transport: outside, Timeout: 10 * time.Second}, Log: p.Log,
			})
			if err != nil {
				return err
			}
			return s.Run(ctx)
		})
	}
	deps := controller.Deps{
		Etcd: r.link, Listener: listener, Outside: outside, Log: p.Log,
		HTTP: &http.Client{Transport: carrier{next: r.transport, life: r.life, rain: p.rain, process: r.service}, Timeout: callTimeout},
	}
	switch r.service {
	case Scheduler:
		return load(environment, func(c scheduler.Config) error { return scheduler.Run(ctx, c, deps) })
	case Workers:
		return load(environment, func(c workers.Config) error { return workers.Run(ctx, c, deps) })
	default:
		return load(environment, func(c lablets.Config) error { return lablets.Run(ctx, c, deps) })
	}
}

func load[T any](environment []string, run func(T) error) error {
	c, err := config.Load[T](environment)
	if err != nil {
		return err
	}
	return run(c)
}

// kill ends a process as SIGKILL does: what it has under way may or may not have had its effect, and nothing of it
// reaches the outside from here on. Its goroutines end by themselves.
func (r *replica) kill() {
	r.life.kill()
	r.link.Freeze()
	r.hangUp()
	r.cancel()
}

// pause holds up a process as SIGSTOP does, resume ends that: what was under way goes on late.
func (r *replica) pause() {
	r.life.pause()
	r.link.Freeze()
}

func (r *replica) resume() {
	r.life.resume()
	if !r.life.ended() {
		r.link.Thaw()
	}
}

// retire tells a process to stop in order, and does not wait.
func (r *replica) retire() {
	r.retired = true
	r.cancel()
}

// stop ends a process in order.
func (r *replica) stop() error {
	r.resume()
	r.cancel()
	<-r.done
	r.hangUp()
	r.transport.CloseIdleConnections()
	if r.life.ended() || errors.Is(r.err, context.Canceled) {
		return nil
	}
	return r.err
}
