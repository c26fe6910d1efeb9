// Package docs has no code of its own: its tests print the documents below docs/ from what they describe, and fail when a
// document there is another one. With -update they write them anew.
package docs
