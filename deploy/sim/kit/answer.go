package kit

import (
	"bytes"
	"maps"
	"net/http"
)

// keptAnswer takes an answer that is sent later or never.
type keptAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *keptAnswer) Header() http.Header { return k.header }

func (k *keptAnswer) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *keptAnswer) Write(p []byte) (int, error) {
	k.WriteHeader(http.StatusOK)
	return k.body.Write(p)
}

func (k *keptAnswer) sendTo(w http.ResponseWriter) {
	maps.Copy(w.Header(), k.header)
	k.WriteHeader(http.StatusOK)
	w.WriteHeader(k.status)
	_, _ = k.body.WriteTo(w) // the client may be gone: nothing to tell it
}
