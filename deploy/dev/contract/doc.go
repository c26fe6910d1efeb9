// Package contract checks a running control-plane-api against the OpenAPI document that it answers, with a validator that
// shares no code with it: every documented example is sent, and every answer must be one that the document describes.
package contract
