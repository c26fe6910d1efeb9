// Package store keeps documents for control-plane-api, the only program that opens a store. It knows no aggregate.
//
// A [Document] is one aggregate with its changes and relay marks, written in one atomic step under a version. An [Engine] keeps documents in
// collections; engines live in packages of their own and are handed to [Open] as a [Driver], so that this package imports none of them.
//
// # Rules that let one contract hold on SQLite and on MongoDB
//
//   - One document per write, replaced whole under {id, version}. No transactions.
//   - Uniqueness by one always-present value, [Document.Unique], that falls back to the id.
//   - Queries only by declared string fields that are always present ("" when absent), ordered byte by byte, ties broken by id.
//   - Case-insensitive search on a lower-cased copy of the field, made by Go, not by the database's collation.
//   - Times in milliseconds. Expiry by a sweep ([Engine].DeleteMany), never by the database.
//   - State, Blob and Changes are opaque bytes: no key of theirs is a key of the database. Grouping happens in Go.
//   - At most [MaxDocument] bytes.
//
// # Writes whose answer is lost
//
// A write that fails without [ErrUnknown] was not applied. With ErrUnknown it may have been, or may still be about to be: the caller reads the
// document and looks for its own write id among the changes. If it isn't there, it writes again under the same version (or inserts the
// same id); should that answer ErrStale (or ErrExists), the first attempt may have arrived after all, and it looks once more. A write under a version
// can't be applied twice.
//
// # Testing
//
// Package storetest has the suite that each engine passes, a store for other packages' tests, and a wrapper that fails, delays or loses
// answers on demand.
package store
