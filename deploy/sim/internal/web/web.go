// Package web holds small helpers for the HTTP side of the simulators.
package web

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
)

// Param returns a path parameter decoded. The router matches the escaped path
// when the request has one and the decoded path else.
func Param(r *http.Request, name string) string {
	raw := chi.URLParam(r, name)
	if r.URL.RawPath == "" {
		return raw
	}
	plain, err := url.PathUnescape(raw)
	if err != nil {
		return raw
	}
	return plain
}

// Bearer returns the token of the Authorization header, "" when there is none.
func Bearer(r *http.Request) string {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	if !found || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// SameSecret compares in a time that tells nothing about the content.
func SameSecret(got, want string) bool {
	return subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1
}

// BaseURL returns scheme and host under which the caller reached us, for
// simulators that were given no address of their own.
func BaseURL(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
