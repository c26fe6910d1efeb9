package plane

import "context"

// StartEtcd starts etcd on a folder without users, for measurements. stop ends it.
func StartEtcd(ctx context.Context, dir string) (endpoint string, stop func(), err error) {
	server, err := startEtcd(ctx, dir)
	if err != nil {
		return "", nil, err
	}
	return server.endpoint, server.close, nil
}
