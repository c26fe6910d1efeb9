// Package memstore is a store.Engine in memory, for tests that need no file: it neither blocks in the operating system nor
// keeps a goroutine, so that it works inside a testing/synctest bubble. It keeps what it is given as long as its Data
// lives; engines that are opened on the same Data are one store, as two replicas on one database are.
package memstore
