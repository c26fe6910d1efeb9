package content

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"strings"

	"github.com/lablet-cloud-manager/lcm/core/failure"
	"github.com/lablet-cloud-manager/lcm/core/readmodel"
)

// defaultPackage is the object's name where the definition names none.
const defaultPackage = "SVN.zip"

// read fetches a definition's package, or the lab file alone where that is all it names.
func (r *Reconciler) read(ctx context.Context, d readmodel.Definition) (*pack, error) {
	if r.Objects == nil {
		return nil, failure.New(failure.Unavailable, "not_configured", "No object storage is configured, so the content cannot be read.")
	}
	bucket, key, err := location(d)
	if err != nil {
		return nil, err
	}
	content, err := r.Objects.Get(ctx, bucket, key, r.MaxPackage)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	if extension := strings.ToLower(path.Ext(key)); extension == ".yaml" || extension == ".yml" {
		if len(content) > maxTopology {
			return nil, tooLarge(key, maxTopology)
		}
		return &pack{hash: hash, topologyPath: key, topology: content}, nil
	}
	p, err := open(content)
	if err != nil {
		return nil, err
	}
	p.hash = hash
	return p, nil
}

// location is where a definition's content lies: its form's bucket, or the address of its artifact.
func location(d readmodel.Definition) (bucket, key string, err error) {
	if d.BucketName != "" {
		if d.PackageName != "" {
			return d.BucketName, d.PackageName, nil
		}
		return d.BucketName, defaultPackage, nil
	}
	address, err := url.Parse(d.LabArtifactURI)
	if err != nil || address.Scheme != "s3" || address.Host == "" || len(address.Path) < 2 {
		return "", "", failure.New(failure.Invalid, "unsupported_artifact", "The artifact's address must have the form s3://bucket/key.")
	}
	return address.Host, strings.TrimPrefix(address.Path, "/"), nil
}
