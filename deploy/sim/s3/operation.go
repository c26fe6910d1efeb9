package s3

import (
	"net/http"
	"strings"
)

// operation names the common operations for the fault rules, as the API of S3
// does; of others it returns "".
func operation(r *http.Request) string {
	bucketName, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	names := map[string]string{http.MethodGet: "ListBuckets"}
	switch {
	case key != "":
		names = map[string]string{
			http.MethodGet: "GetObject", http.MethodHead: "HeadObject",
			http.MethodPut: "PutObject", http.MethodDelete: "DeleteObject",
		}
	case bucketName != "":
		names = map[string]string{
			http.MethodGet: "ListObjects", http.MethodHead: "HeadBucket",
			http.MethodPut: "CreateBucket", http.MethodDelete: "DeleteBucket",
		}
		if r.URL.Query().Get("list-type") == "2" {
			names[http.MethodGet] = "ListObjectsV2"
		}
	}
	return names[r.Method]
}
