package plane

import (
	"context"
	"errors"

	"github.com/lablet-cloud-manager/lcm/core/etcdkv"
	"github.com/lablet-cloud-manager/lcm/core/secret"
)

// EtcdAway stops etcd, lets meanwhile have its folder, and starts it again at its address. Whoever empties the folder gets an etcd
// that knows the services' users and nothing else.
func (p *Plane) EtcdAway(ctx context.Context, meanwhile func(dir string) error) error {
	p.etcd.close()
	err := meanwhile(p.etcd.dir)
	if err := errors.Join(err, p.etcd.up(ctx)); err != nil {
		return err
	}
	return restrict(ctx, p.etcd.endpoint, p.keys.Etcd)
}

// Operator is how a plane's etcd is reached by one who may do all.
func (p *Plane) Operator() etcdkv.Config {
	return etcdkv.Config{Endpoints: []string{p.etcd.endpoint}, Username: "root", Password: secret.New(p.keys.Etcd["root"])}
}
