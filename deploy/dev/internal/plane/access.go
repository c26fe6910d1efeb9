package plane

import (
	"context"
	"fmt"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// grant is one range of keys that a service may use.
type grant struct {
	prefix string
	kind   clientv3.PermissionType
}

// grants are what each service may do in etcd: only control-plane-api writes state, each service its own election keys.
func grants(service string) []grant {
	own := grant{readmodel.LeaderRoot + service + "/", clientv3.PermissionType(clientv3.PermReadWrite)}
	if service == API {
		return []grant{own, {readmodel.Root, clientv3.PermissionType(clientv3.PermReadWrite)}, {readmodel.LeaderRoot, clientv3.PermissionType(clientv3.PermRead)}}
	}
	return []grant{own, {readmodel.Root, clientv3.PermissionType(clientv3.PermRead)}}
}

// restrict turns etcd's authentication on, once, with a user for each service.
func restrict(ctx context.Context, endpoint string, passwords map[string]string) error {
	ctx, cancel := context.WithTimeout(ctx, etcdStart)
	defer cancel()
	etcd, err := clientv3.New(clientv3.Config{Endpoints: []string{endpoint}, DialTimeout: 5 * time.Second})
	if err != nil {
		return fmt.Errorf("etcd users: %w", err)
	}
	defer func() { _ = etcd.Close() }()
	status, err := etcd.AuthStatus(ctx)
	if err != nil || status.Enabled {
		return err
	}
	if err := addUser(ctx, etcd, "root", passwords["root"], nil); err != nil {
		return err
	}
	for _, service := range Services() {
		if err := addUser(ctx, etcd, service, passwords[service], grants(service)); err != nil {
			return err
		}
	}
	if _, err := etcd.AuthEnable(ctx); err != nil {
		return fmt.Errorf("etcd users: %w", err)
	}
	return nil
}

// addUser makes a user with a role of the same name.
func addUser(ctx context.Context, etcd *clientv3.Client, name, password string, allowed []grant) error {
	if _, err := etcd.RoleAdd(ctx, name); err != nil {
		return fmt.Errorf("etcd role %s: %w", name, err)
	}
	for _, g := range allowed {
		if _, err := etcd.RoleGrantPermission(ctx, name, g.prefix, clientv3.GetPrefixRangeEnd(g.prefix), g.kind); err != nil {
			return fmt.Errorf("etcd role %s: %w", name, err)
		}
	}
	if _, err := etcd.UserAdd(ctx, name, password); err != nil {
		return fmt.Errorf("etcd user %s: %w", name, err)
	}
	if _, err := etcd.UserGrantRole(ctx, name, name); err != nil {
		return fmt.Errorf("etcd user %s: %w", name, err)
	}
	return nil
}
