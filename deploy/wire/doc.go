// Package wire tests the MongoDB store engine over MongoDB's wire protocol, in a module of its own so that no program depends on the server it uses.
//
// The server is FerretDB, inside the test's process, behind a relay (internal/relay) that makes up for its weaknesses and refuses what it can't do.
// Where LCM_TEST_MONGODB_URI names a MongoDB server, the same tests run against that as well; each makes a database of its own and drops it. Speed
// is not measured here: the stand-in reads whole collections.
package wire
