// Package egress lets the service call URLs that its users give, and nothing inside: a name is resolved once, every address
// it has must be public, and one of exactly those is dialled. It follows no redirect and knows no proxy.
package egress

// CodeBadURL is the code of a URL that no call could ever be made to, CodeAddressRefused that of an address that is not public.
const (
	CodeBadURL         = "bad_webhook_url"
	CodeAddressRefused = "address_refused"
)
