// Package relay stands between clients and a FerretDB server of the 1.x line.
//
// That server's updates and deletes read, change and write without a transaction: two at a time lose updates and let two compare-and-swaps win.
// So the relay lets one changing command through at a time. It also refuses commands that the server answers wrongly or not at all, which makes
// a use of them fail in tests, and gives duplicate keys in updates the answer that MongoDB gives.
//
// A command that has begun is carried to its end even when its client is gone, as on a MongoDB server.
package relay
