// Package mongo is the store engine for installations of more than one machine: one MongoDB database (server 4.4 or newer), one collection of
// it per collection of the store.
//
// # What it relies on
//
//   - Each write touches one document under {_id, version} and is acknowledged by a majority with its journal flushed. Reads go to the primary with
//     read concern majority, so nothing that was read can be rolled back. What the URL says about these is overruled.
//   - A primary that lost its majority without having noticed may answer reads from the past, for about the replica set's election time-out. No write
//     succeeds there, so nothing can be decided on such a read: a write under a version is settled by the real primary.
//   - Uniqueness is an always-present field with a unique index; search without regard to case uses lower-cased copies of fields; expiry is a sweep.
//     No transactions, pipelines, partial or TTL indexes, so that servers that only speak MongoDB's protocol can take part.
//
// # Layout
//
// State, Blob and each of Changes are binary values: the bytes as they were given. The collection's fields are f_<name> with a lower-cased copy
// l_<name>. A field that is declared for the first time is added to all documents, as "", before its index is made. A program of an older release that
// still runs then inserts documents without it: they count as "" for Query.Equal, sort before all values and lie outside of every bound.
//
// The collection _lcm has one document that identifies the store, its epoch and its layout. A database of a newer major layout isn't opened, nor is
// one that holds our collections without that document: it is another program's.
package mongo
