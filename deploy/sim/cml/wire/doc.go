// Package wire holds what all CML endpoints share on the wire: the error body,
// ids, query parameters, checked request bodies, and the endpoint that runs a
// handler under its machine's lock and saves before it answers.
package wire
